// Called by the tests in a page that has `foliate` (the module epubcfi.js) and `ePub` (epub.js).
// Every function takes and gives plain data; a place is the number of UTF-16 units of body's text before it.

const asFoliate = source => {
    const doc = new DOMParser().parseFromString(source, 'application/xhtml+xml')
    if (!doc.querySelector('parsererror') && doc.documentElement?.namespaceURI) return doc
    return new DOMParser().parseFromString(source, 'text/html')
}

// Section.load parses by file name, the iframe's srcdoc parses the serialized root again, never in quirks mode.
const asEpubjs = (source, href) => {
    const type = /\.html?$/.test(href) ? 'text/html' : /\.xml$/.test(href) ? 'text/xml' : 'application/xhtml+xml'
    const doc = new DOMParser().parseFromString(source, type)
    const markup = new XMLSerializer().serializeToString(doc.documentElement)
    return new DOMParser().parseFromString(`<!DOCTYPE html>${markup}`, 'text/html')
}

const attempt = action => {
    try {
        return action()
    } catch (error) {
        return `${error}`
    }
}

const bodyOf = doc => doc.querySelector('body') ?? doc.documentElement

const placeOf = (doc, range) => {
    if (!range) return 'no range'
    const before = doc.createRange()
    before.setStart(bodyOf(doc), 0)
    before.setEnd(range.startContainer, range.startOffset)
    return before.toString().length
}

const textNodes = doc => {
    const walker = doc.createTreeWalker(bodyOf(doc), NodeFilter.SHOW_TEXT | NodeFilter.SHOW_CDATA_SECTION)
    const nodes = []
    while (walker.nextNode()) if (walker.currentNode.nodeValue) nodes.push(walker.currentNode)
    return nodes
}

// `chances`: pairs of numbers from 0 to 1, for a text node and an offset in it that does not part a surrogate pair.
const randomRanges = (doc, chances) => {
    const nodes = textNodes(doc)
    return nodes.length ? chances.map(([which, where]) => {
        const node = nodes[Math.floor(which * nodes.length)]
        let offset = Math.floor(where * node.nodeValue.length)
        if (/[\udc00-\udfff]/.test(node.nodeValue[offset])) offset -= 1
        const range = doc.createRange()
        range.setStart(node, offset)
        return range
    }) : []
}

const elementsOf = (doc, chances) => {
    const all = [...bodyOf(doc).querySelectorAll('*')]
    return all.length ? chances.map(([which]) => all[Math.floor(which * all.length)]) : []
}

window.foliateReads = (source, cfis) => {
    const doc = asFoliate(source)
    return cfis.map(cfi => attempt(() => {
        const parts = foliate.parse(cfi)
        ;(parts.parent ?? parts).shift() // the package part, as its EPUB class does
        return placeOf(doc, foliate.toRange(doc, parts))
    }))
}

window.foliateWrites = (source, base, chances) => {
    const doc = asFoliate(source)
    const ranges = randomRanges(doc, chances)
    const starts = elementsOf(doc, chances).map(element => {
        const range = doc.createRange()
        range.setStart(element, 0)
        return range
    })
    const pairs = ranges.slice(1).map((end, at) => {
        const range = doc.createRange()
        range.setStart(ranges[at].startContainer, ranges[at].startOffset)
        range.setEnd(end.startContainer, end.startOffset)
        return range
    })
    return [...ranges, ...starts, ...pairs].map(range =>
        [foliate.joinIndir(base, foliate.fromRange(range)), placeOf(doc, range)])
}

window.epubjsReads = (source, href, cfis) => {
    const doc = asEpubjs(source, href)
    return cfis.map(cfi => attempt(() => placeOf(doc, new ePub.CFI(cfi).toRange(doc))))
}

window.epubjsWrites = (source, href, base, chances) => {
    const doc = asEpubjs(source, href)
    const ofText = randomRanges(doc, chances).map(range => [new ePub.CFI(range, base).toString(), placeOf(doc, range)])
    const ofElements = elementsOf(doc, chances).map(element => {
        const range = doc.createRange()
        range.setStart(element, 0)
        return [new ePub.CFI(element, base).toString(), placeOf(doc, range)]
    })
    return [...ofText, ...ofElements]
}

window.textAsEpubjs = (source, href) => bodyOf(asEpubjs(source, href)).textContent
window.textAsFoliate = source => bodyOf(asFoliate(source)).textContent
