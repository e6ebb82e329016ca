-- KOReader's own catalog browser, without its windows: asked in JSON lines, it fetches over HTTP as on a device.
-- {"op": "browse", "url"} gives the items that a reader would see; {"op": "name", "url", "type"} the name of a download.
-- arguments: the folder of opds.koplugin, the folder frontend, user, password

local plugin, frontend, user, password = arg[1], arg[2], arg[3], arg[4]
package.path = plugin .. "/?.lua;" .. frontend .. "/?.lua;" .. package.path
local json = require("dkjson")
local url = require("socket.url")

-- what stands around the browser: of windows nothing, of the rest as little as it asks for

local nothing = setmetatable({}, { __index = function() return function() end end })
for _, name in ipairs({
    "ui/bidi", "ui/widget/buttondialog", "ui/widget/checkbutton", "ui/widget/confirmbox", "device", "ui/widget/infomessage",
    "ui/widget/inputdialog", "ui/widget/multiinputdialog", "ui/network/manager", "ui/widget/notification", "opdspse",
    "ui/widget/spinwidget", "ui/widget/textviewer", "ui/trapper", "libs/libkoreader-lfs",
}) do
    package.preload[name] = function() return nothing end
end

local shown
package.preload["ui/widget/infomessage"] = function() return { new = function(_, message) return message end } end
package.preload["ui/uimanager"] = function() return { show = function(_, message) shown = message.text end, close = function() end } end
package.preload["ui/bidi"] = function() return { url = function(text) return text end } end
package.preload["logger"] = function() return { dbg = function() end, info = function() end, warn = function() end } end
package.preload["gettext"] = function()
    return setmetatable({ ngettext = function(one) return one end }, { __call = function(_, text) return text end })
end
package.preload["cache"] = function()
    return { new = function() return { check = function() end, insert = function() end } end }
end
package.preload["ui/widget/menu"] = function()
    return { extend = function(self, fields) return setmetatable(fields, { __index = self }) end }
end
package.preload["document/documentregistry"] = function()
    local readable = { epub = true, pdf = true, cbz = true, fb2 = true, ["application/epub+zip"] = true, ["application/pdf"] = true }
    local extensions = { ["application/epub+zip"] = "epub", ["application/pdf"] = "pdf" }
    return {
        hasProvider = function(_, file, mimetype)
            return readable[mimetype] or (file and readable[file:match("%.(%w+)$")]) or false
        end,
        mimeToExt = function(_, mimetype) return extensions[mimetype] end,
    }
end
package.preload["socketutil"] = function()
    return { set_timeout = function() end, reset_timeout = function() end, redact_request = function() end,
        redact_headers = function() end }
end
package.preload["ffi/util"] = function()
    return {
        template = function(text, ...)
            local values = { ... }
            return (text:gsub("%%(%d)", function(number) return tostring(values[tonumber(number)]) end))
        end,
        orderedPairs = pairs,
    }
end
package.preload["util"] = function()
    return {
        unicodeCodepointToUtf8 = function(code)
            if code < 0x80 then return string.char(code) end
            local tail, first = "", code
            local limit, mark = 0x20, 0xC0
            repeat
                tail = string.char(0x80 + first % 64) .. tail
                first = math.floor(first / 64)
                if first < limit then break end
                limit, mark = limit / 2, mark + limit
            until false
            return string.char(mark + first) .. tail
        end,
        stringEndsWith = function(text, ending) return text:sub(-#ending) == ending end,
        getFileNameSuffix = function(name) return name:match("%.([^.]+)$") or "" end,
        urlDecode = url.unescape,
        urlEncode = url.escape,
        tableGetValue = function(value, ...)
            for _, key in ipairs({ ... }) do
                value = type(value) == "table" and value[key] or nil
            end
            return value
        end,
    }
end
package.preload["json"] = function() return { decode = function(text) return assert(json.decode(text)) end } end

local Browser = require("opdsbrowser")
local browser = setmetatable({ root_catalog_username = user, root_catalog_password = password }, { __index = Browser })

local asked = {
    browse = function(request)
        local items = browser:genItemTableFromURL(request.url)
        local hrefs = items.hrefs
        items.hrefs = nil
        local list = setmetatable({}, { __jsontype = "array" })
        for index, item in ipairs(items) do list[index] = item end
        return { items = list, hrefs = hrefs, facets = browser.facet_groups, search = browser.search_url }
    end,
    name = function(request) return { name = browser:getServerFileName(request.url, request.type) } end,
}

for line in io.lines() do
    local request = json.decode(line)
    shown = nil
    local done, answer = pcall(asked[request.op], request)
    answer = done and answer or { error = tostring(answer) }
    answer.shown = shown
    io.write(json.encode(answer), "\n")
    io.flush()
end
