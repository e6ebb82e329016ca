// Readium's OPDS parser, asked in JSON lines: {"kind", "text"} gives what it made of the text, as OPDS 2.0 again, or {"error"}.
"use strict";

console.log = console.error; // the parser tells of what it misses on standard output, which is ours

const dist = "r2-opds-js/dist/es8-es2017/src/opds";
const { OPDS } = require(`${dist}/opds1/opds`);
const { Entry } = require(`${dist}/opds1/opds-entry`);
const { OPDSFeed } = require(`${dist}/opds2/opds2`);
const { OPDSPublication } = require(`${dist}/opds2/opds2-publication`);
const { OPDSAuthenticationDoc } = require(`${dist}/opds2/opds2-authentication-doc`);
const { convertOpds1ToOpds2, convertOpds1ToOpds2_EntryToPublication } = require(`${dist}/converter`);
const { initGlobalConverters_GENERIC, initGlobalConverters_OPDS } = require(`${dist}/init-globals`);
const { TaJsonDeserialize, TaJsonSerialize } = require("r2-lcp-js/dist/es8-es2017/src/serializable");
const { XML } = require("r2-utils-js/dist/es8-es2017/src/_utils/xml-js-mapper");
const { DOMParser } = require("@xmldom/xmldom");

initGlobalConverters_GENERIC();
initGlobalConverters_OPDS();

function xml(text, type) {
    return XML.deserialize(new DOMParser().parseFromString(text, "application/xml"), type);
}

const readers = {
    "feed": text => TaJsonDeserialize(JSON.parse(text), OPDSFeed),
    "publication": text => TaJsonDeserialize(JSON.parse(text), OPDSPublication),
    "authentication": text => TaJsonDeserialize(JSON.parse(text), OPDSAuthenticationDoc),
    "atom-feed": text => convertOpds1ToOpds2(xml(text, OPDS)),
    "atom-entry": text => convertOpds1ToOpds2_EntryToPublication(xml(text, Entry)),
};

require("readline").createInterface({ input: process.stdin }).on("line", line => {
    const { kind, text } = JSON.parse(line);
    let answer;
    try {
        answer = TaJsonSerialize(readers[kind](text));
    } catch (error) {
        answer = { error: String(error && error.stack || error) };
    }
    process.stdout.write(JSON.stringify(answer) + "\n");
});
