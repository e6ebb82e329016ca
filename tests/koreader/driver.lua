--[[
Headless driver for KOReader's kosync plugin.

It loads the plugin's own main.lua, KOSyncClient.lua, KOSyncQueue.lua and api.json as they are, gives them stand-ins for
KOReader's user interface, and lets a test play the reader: JSON objects, one per line, on stdin; one answer per line on stdout.

Run:  luajit driver.lua --plugin DIR --frontend DIR --base DIR --spore DIR --home DIR
                        [--model NAME] [--device-id ID] [--wall-offset SECONDS]
  --plugin    KOReader's plugins/kosync.koplugin
  --frontend  KOReader's frontend (luasettings, persist, util, dump, optmath, socketutil, ui/event, ui/widget/*)
  --base      the directory that holds koreader-base's ffi/sha2.lua
  --spore     the directory that holds Spore.lua
  --home      where settings/kosync.lua and settings/kosync_queue.lua are kept (survives the process)
Each also from the environment: KOSYNC_PLUGIN, KOSYNC_FRONTEND, KOSYNC_BASE, KOSYNC_SPORE, KOSYNC_HOME.
Needs on the machine: luajit, luasocket, luasec, luafilesystem, dkjson.

Two clocks. The monotonic one (debounces, scheduled work) is virtual and stands still until {"op":"advance"}; the wall clock
(os.time) is the machine's plus an offset set by {"op":"wall"}.
]]

local opts = {
    plugin = os.getenv("KOSYNC_PLUGIN"), frontend = os.getenv("KOSYNC_FRONTEND"), base = os.getenv("KOSYNC_BASE"),
    spore = os.getenv("KOSYNC_SPORE"), home = os.getenv("KOSYNC_HOME"),
    model = "HarnessReader", ["device-id"] = "HARNESS-0001", ["wall-offset"] = "0",
}
do
    local i = 1
    while arg[i] do
        local name = arg[i]:match("^%-%-(.+)$")
        if not name or arg[i + 1] == nil then
            io.stderr:write("driver: bad argument ", arg[i], "\n")
            os.exit(2)
        end
        opts[name] = arg[i + 1]
        i = i + 2
    end
    for _, needed in ipairs({ "plugin", "frontend", "base", "spore", "home" }) do
        if not opts[needed] then
            io.stderr:write("driver: --", needed, " is missing\n")
            os.exit(2)
        end
    end
end

local here = arg[0]:match("^(.*)/[^/]*$") or "."
package.path = table.concat({
    opts.spore .. "/?.lua", opts.plugin .. "/?.lua", opts.frontend .. "/?.lua", opts.base .. "/?.lua", package.path,
}, ";")

local stage = assert(loadfile(here .. "/stage.lua"))(opts)
local note, run_due, advance, set_online = stage.note, stage.run_due, stage.advance, stage.set_online
local device_flags, reader_settings, UIManager = stage.device_flags, stage.reader_settings, require("ui/uimanager")
local json, Event = require("dkjson"), require("ui/event")
local reader -- the open ReaderUI stand-in, or nil: stage.reader

------------------------------------------------------------------------------------------------- the reader and its book
local WidgetContainer = require("ui/widget/container/widgetcontainer")

-- Every page of a reflowable book starts at one pointer of this form; a foreign pointer is placed by the book's `places`,
-- else by its DocFragment number, else on page 1 (an unknown pointer sends crengine to the start).
local function own_pointer(page) return ("/body/DocFragment[%d]/body/p[1]/text().0"):format(page) end
local function page_of(book, pointer)
    if type(pointer) == "number" then pointer = tostring(pointer) end
    if type(pointer) ~= "string" then error("bad argument: a string was expected, got " .. type(pointer), 0) end
    local page = book.places[pointer] or tonumber(pointer:match("^/body/DocFragment%[(%d+)%]"))
    if not page then book.lost = pointer end
    return math.max(1, math.min(page or 1, book.pages))
end

local Rolling = WidgetContainer:extend{}
function Rolling:getLastProgress() return self.pointer end
function Rolling:getLastPercent() return self.book.page / self.book.pages end
function Rolling:moveTo(page)
    self.book.page = math.max(1, math.min(page, self.book.pages))
    self.ui:handleEvent(Event:new("PageUpdate", self.book.page))
    self.pointer = own_pointer(self.book.page)
end
function Rolling:onGotoXPointer(pointer)
    self.book.jumps[#self.book.jumps + 1] = { to = pointer }
    self.book.page = page_of(self.book, pointer)
    self.ui:handleEvent(Event:new("PageUpdate", self.book.page))
    self.pointer = pointer -- kept as it came, until a page is turned
    return true
end

local Paging = WidgetContainer:extend{}
function Paging:getLastProgress() return self.book.page end
function Paging:getLastPercent() return self.book.page / self.book.pages end
function Paging:moveTo(page)
    page = math.max(1, math.min(page, self.book.pages))
    self.ui:handleEvent(Event:new("PageUpdate", page))
end
function Paging:onPageUpdate(page) self.book.page = page end
function Paging:onGotoPage(page)
    self.book.jumps[#self.book.jumps + 1] = { to = page == nil and "nil" or page }
    if page == nil then error("table index is nil", 0) end -- ReaderPaging indexes its page positions with it
    if page ~= self.book.page then self:moveTo(page) end
    return true
end

local ReaderUI = WidgetContainer:extend{}
function ReaderUI:getCurrentPage() return self.book.page end

local KOSync = dofile(opts.plugin .. "/main.lua")
KOSync.path = opts.plugin

local books = {} -- digest -> where the reader left it, as the sidecar file would remember
local function open_book(o)
    assert(not reader, "a book is open already")
    local left = books[o.digest] or {}
    local book = {
        digest = o.digest, file = o.file or ("/books/" .. o.digest .. (o.paged and ".pdf" or ".epub")),
        paged = o.paged or false, pages = o.pages or left.pages or 100, places = o.places or left.places or {}, jumps = {},
    }
    reader = ReaderUI:new{ book = book }
    stage.reader = reader
    local module = (book.paged and Paging or Rolling):new{ ui = reader, book = book }
    if book.paged then
        reader.paging = module
        book.page = o.page or tonumber(o.progress) or left.page or 1
    else
        reader.rolling = module
        module.pointer = o.progress or (not o.page and left.pointer) or own_pointer(o.page or left.page or 1)
        book.page = o.page or page_of(book, module.pointer)
    end
    reader[1] = module
    reader.document = { file = book.file, info = { has_pages = book.paged } }
    reader.view = { document = reader.document }
    reader.doc_props = { display_title = o.title, authors = o.authors }
    reader.doc_settings = { readSetting = function(_, key)
        if key == "partial_md5_checksum" then return book.digest end
    end }
    reader.menu = { registerToMainMenu = function() end }
    reader.plugin = KOSync:new{ dialog = reader, view = reader.view, ui = reader, document = reader.document }
    reader[2] = reader.plugin
    reader:handleEvent(Event:new("ReaderReady", reader.doc_settings))
end
local function close_book()
    assert(reader, "no book is open")
    local book = reader.book
    reader:handleEvent(Event:new("CloseDocument"))
    books[book.digest] = { page = book.page, pages = book.pages, places = book.places,
        pointer = reader.rolling and reader.rolling.pointer }
    reader.document = nil
    reader:handleEvent(Event:new("FlushSettings"))
    reader:handleEvent(Event:new("CloseWidget"))
    reader, stage.reader = nil, nil
end

------------------------------------------------------------------------------------------------------- using the menu
local function plugin() return assert(reader, "no book is open: the plugin lives in the reader only").plugin end
local fake_menu = { updateItems = function() end }
local function menu_item(path)
    local items = {}
    plugin():addToMainMenu(items)
    local level, item = items.progress_sync.sub_item_table, nil
    for _, wanted in ipairs(path) do
        item = nil
        for _, candidate in ipairs(level) do
            local text = candidate.text or candidate.text_func()
            if text:sub(1, #wanted) == wanted then item = candidate; break end
        end
        assert(item, "no menu item " .. wanted)
        level = item.sub_item_table
    end
    return item
end
local function press(path)
    local item = menu_item(path)
    if item.enabled_func and not item.enabled_func() then
        note({ widget = "Menu", text = "(disabled)" })
        return
    end
    local act = item.callback_func and item.callback_func() or item.callback
    act(fake_menu)
end
local function topmost(kind)
    for i = #stage.stack, 1, -1 do
        if stage.stack[i].kind == kind then return stage.stack[i] end
    end
end
local function button(dialog, text)
    for _, row in ipairs(dialog.buttons) do
        for _, b in ipairs(row) do
            if b.text == text then return b.callback() end
        end
    end
    error("no button " .. text)
end
local function credentials(o, which)
    plugin():login(fake_menu)
    local dialog = topmost("MultiInputDialog")
    if not dialog then return end -- offline: the network is asked for
    dialog.values = { o.user, o.password }
    button(dialog, which)
    UIManager:close(dialog)
    advance(0.5)
end

----------------------------------------------------------------------------------------------------------- operations
local ops = {}
function ops.server(o) menu_item({ "Custom sync server" }).tap_input_func().callback(o.url) end
function ops.hostname(o)
    press({ "Device hostname" })
    local dialog = topmost("InputDialog")
    dialog.value = o.name
    button(dialog, "OK")
end
function ops.register(o) credentials(o, "Register") end
function ops.login(o) credentials(o, "Login") end
function ops.logout() press({ "Logout" }) end
function ops.menu(o) press(o.path) end
function ops.setting(o) -- sets plugin settings without the traffic the menu would cause
    for key, value in pairs(o.set or {}) do plugin().settings[key] = value end
    for _, key in ipairs(o.unset or {}) do plugin().settings[key] = nil end
    plugin().updated = true
    plugin():registerEvents()
end
function ops.reader_setting(o) for key, value in pairs(o.set) do reader_settings[key] = value end end
function ops.device(o) for key, value in pairs(o.set) do device_flags[key] = value end end
function ops.open(o) open_book(o) end
function ops.close() close_book() end
function ops.turn(o) -- {"to":page} or {"by":pages}; one page turn each time
    local module = reader.rolling or reader.paging
    module:moveTo(o.to or reader.book.page + (o.by or 1))
end
function ops.push() reader:handleEvent(Event:new("KOSyncPushProgress")) end
function ops.pull() reader:handleEvent(Event:new("KOSyncPullProgress")) end
function ops.suspend() UIManager:broadcastEvent(Event:new("Suspend")) end
function ops.resume() UIManager:broadcastEvent(Event:new("Resume")) end
function ops.online(o) set_online(true, o.quietly) end
function ops.offline(o) set_online(false, o.quietly) end
function ops.refuse_network() stage.waiting = {} end -- the user says no to "turn on Wi-Fi?"
function ops.advance(o)
    advance(o.seconds)
    if o.wall then stage.wall_offset = stage.wall_offset + o.seconds end
end
function ops.wall(o) stage.wall_offset = o.offset end
function ops.accept()
    local box = assert(topmost("ConfirmBox"), "nothing asks anything")
    UIManager:close(box)
    box.ok_callback()
end
function ops.dismiss()
    local box = assert(topmost("ConfirmBox"), "nothing asks anything")
    UIManager:close(box)
    if box.cancel_callback then box.cancel_callback() end
end
function ops.partial_md5(o) return { digest = require("util").partialMD5(o.path) } end
function ops.round_percent(o) return { value = require("optmath").roundPercent(o.value) } end
function ops.state() return { full = true } end

local object = { __jsontype = "object" }
local function state(full)
    local s = setmetatable({ online = stage.online, asking = topmost("ConfirmBox") and topmost("ConfirmBox").text or nil }, object)
    if reader then
        local module = reader.rolling or reader.paging
        s.book = reader.book.digest
        s.page = reader.book.page
        s.progress = module:getLastProgress()
        s.percentage = module:getLastPercent()
        s.jumps = reader.book.jumps
        s.lost = reader.book.lost
        s.last_page_turn = reader.plugin.last_page_turn_timestamp
    end
    if full then
        local ok, Queue = pcall(require, "KOSyncQueue") -- not in plugins of before July 2026
        s.queue = ok and Queue:load() or nil
        s.settings = reader and setmetatable(reader.plugin.settings, nil) or nil
        s.pending = #stage.tasks
        s.wall = os.time()
    end
    return s
end

io.stdout:setvbuf("line")
for line in io.stdin:lines() do
    local request = json.decode(line)
    local answer = setmetatable({}, object)
    stage.seen, stage.logged = {}, {}
    local handler = request and ops[request.op]
    if handler then
        local started = require("socket").gettime()
        local ok, result = xpcall(function()
            local r = handler(request)
            run_due()
            return r
        end, function(e) return type(e) == "table" and tostring(e.reason) or tostring(e) end)
        answer.ok = ok
        if not ok then answer.crash = result end
        answer.took = math.floor((require("socket").gettime() - started) * 1000) / 1000
        if ok and type(result) == "table" then
            for key, value in pairs(result) do if key ~= "full" then answer[key] = value end end
        end
        answer.state = state(ok and type(result) == "table" and result.full)
    elseif request and request.op == "quit" then
        break
    else
        answer.ok, answer.crash = false, "unknown operation"
    end
    answer.shown, answer.log = stage.seen, stage.logged
    io.stdout:write(json.encode(answer, { exception = json.encodeexception }), "\n")
    io.stdout:flush()
end
