--[[
What stands around KOReader's plugin when nobody looks at a screen: the two clocks, the network, the windows, and stand-ins for
those modules of KOReader that the plugin only shows things with. Loaded by driver.lua, with its options as argument.
]]

local opts = ...

-- KOReader's LuaJIT is built with table.pack.
table.pack = table.pack or function(...) return { n = select("#", ...), ... } end

local json = require("dkjson")
local lfs = require("lfs")
lfs.mkdir(opts.home)
lfs.mkdir(opts.home .. "/settings")

local stage = {
    wall_offset = tonumber(opts["wall-offset"]) or 0,
    seen = {},     -- shown since the last answer
    logged = {},   -- logger lines since the last answer
    stack = {},    -- open widgets, the topmost last
    online = true,
    waiting = {},  -- what runs once the network is back
    reader = nil,  -- the open ReaderUI stand-in
}

---------------------------------------------------------------------------------------------------------------- clocks
local real_time = os.time
os.time = function(t) -- luacheck: ignore
    if t then return real_time(t) end
    return real_time() + stage.wall_offset
end
local SECOND = 1000000 -- ui/time counts microseconds
local boot = 3600 * SECOND

------------------------------------------------------------------------------------------------- what the user would see
local function note(t) stage.seen[#stage.seen + 1] = t end

local tasks, task_seq = {}, 0
local UIManager = { looper = nil } -- no Turbo looper, as by default
function UIManager:getElapsedTimeSinceBoot() return boot end
function UIManager:scheduleIn(seconds, action, ...)
    task_seq = task_seq + 1
    tasks[#tasks + 1] = { at = boot + seconds * SECOND, seq = task_seq, action = action, args = table.pack(...) }
end
function UIManager:nextTick(action, ...) self:scheduleIn(0, action, ...) end
function UIManager:unschedule(action)
    for i = #tasks, 1, -1 do
        if tasks[i].action == action then table.remove(tasks, i) end
    end
end
function UIManager:show(widget)
    stage.stack[#stage.stack + 1] = widget
    note({ widget = widget.kind, text = widget.text or widget.title, timeout = widget.timeout })
end
function UIManager:close(widget)
    for i = #stage.stack, 1, -1 do
        if stage.stack[i] == widget then table.remove(stage.stack, i) end
    end
end
function UIManager:getTopmostVisibleWidget() return stage.stack[#stage.stack] end
function UIManager:setDirty() end
function UIManager:setInputTimeout() end
function UIManager:broadcastEvent(event)
    if stage.reader then stage.reader:handleEvent(event) end
end

local function run_due()
    while true do
        local best
        for i, t in ipairs(tasks) do
            if t.at <= boot and (not best or t.at < tasks[best].at or t.at == tasks[best].at and t.seq < tasks[best].seq) then
                best = i
            end
        end
        if not best then return end
        local t = table.remove(tasks, best)
        t.action(unpack(t.args, 1, t.args.n))
    end
end
local function advance(seconds)
    local goal = boot + math.floor(seconds * SECOND + 0.5)
    while true do
        run_due()
        local first
        for _, t in ipairs(tasks) do
            if t.at <= goal and (not first or t.at < first) then first = t.at end
        end
        if not first then break end
        boot = first
    end
    boot = goal
    run_due()
end

------------------------------------------------------------------------------------------------------------- the stubs
local preload = package.preload
local function stub(name, value) preload[name] = function() return value end end
local function widget_class(kind)
    return { new = function(_, o) o = o or {}; o.kind = kind; return o end }
end

local logger = {}
for _, level in ipairs({ "dbg", "info", "warn", "err" }) do
    logger[level] = function(...)
        local parts = {}
        for i = 1, select("#", ...) do
            local v = select(i, ...)
            parts[i] = type(v) == "table" and (v.reason and tostring(v.reason) or json.encode(v, { exception = json.encodeexception }))
                or tostring(v)
        end
        stage.logged[#stage.logged + 1] = level .. ": " .. table.concat(parts, " ")
    end
end

local translate = setmetatable({ ngettext = function(one, many, n) return n == 1 and one or many end },
    { __call = function(_, text) return text end })

local MultiInputDialog = {}
MultiInputDialog.__index = MultiInputDialog
function MultiInputDialog:new(o) -- luacheck: ignore
    o.kind = "MultiInputDialog"
    o.values = {}
    for i, field in ipairs(o.fields) do o.values[i] = field.text or "" end
    return setmetatable(o, MultiInputDialog)
end
function MultiInputDialog:getFields() return self.values end
function MultiInputDialog:onShowKeyboard() end

local InputDialog = {}
InputDialog.__index = InputDialog
function InputDialog:new(o) -- luacheck: ignore
    o.kind = "InputDialog"
    o.value = o.input or ""
    return setmetatable(o, InputDialog)
end
function InputDialog:getInputText() return self.value end
function InputDialog:onShowKeyboard() end

local device_flags = { hasWifiToggle = true, hasSeamlessWifiToggle = true, hasWifiManager = false, hasWifiRestore = false }
local Device = setmetatable({ model = opts.model, setIgnoreInput = function() end }, {
    __index = function(_, name) return function() return device_flags[name] or false end end,
})

local NetworkMgr = { wifi_was_on = true }
function NetworkMgr:isOnline() return stage.online end
function NetworkMgr:isConnected() return stage.online end
function NetworkMgr:getNetworkInterfaceName() return "wlan0" end
function NetworkMgr:willRerunWhenOnline(callback)
    if stage.online then return false end
    note({ widget = "NetworkMgr", text = "(asks for the network)" })
    stage.waiting[#stage.waiting + 1] = callback
    return true
end
function NetworkMgr:goOnlineToRun(callback) -- plugins of before July 2026, when a book closes
    if not stage.online then return end
    callback()
    return true
end
function NetworkMgr:disableWifi() stage.online = false end

local Event = require("ui/event")
local function set_online(value, quietly)
    if value == stage.online then return end
    if value then
        stage.online = true
        if not quietly then UIManager:broadcastEvent(Event:new("NetworkConnected")) end
        local now = stage.waiting
        stage.waiting = {}
        for _, callback in ipairs(now) do callback() end
    else
        if not quietly then UIManager:broadcastEvent(Event:new("NetworkDisconnecting")) end
        stage.online = false
        if not quietly then UIManager:broadcastEvent(Event:new("NetworkDisconnected")) end
    end
end

local reader_settings = { device_id = opts["device-id"], wifi_enable_action = "turn_on" }
G_reader_settings = { -- luacheck: ignore
    readSetting = function(_, key, default)
        if reader_settings[key] == nil then reader_settings[key] = default end
        return reader_settings[key]
    end,
    hasNot = function(_, key) return reader_settings[key] == nil end,
    saveSetting = function(_, key, value) reader_settings[key] = value end,
    isTrue = function(_, key) return reader_settings[key] == true end,
    has = function(_, key) return reader_settings[key] ~= nil end,
}

stub("libs/libkoreader-lfs", lfs)
stub("logger", logger)
stub("dbg", { guard = function() end, dassert = function(_, v) return v end })
stub("gettext", translate)
stub("random", { uuid = function() return opts["device-id"] end })
stub("version", { getShortVersion = function() return "2026.08" end })
stub("device", Device)
stub("dispatcher", { registerAction = function() end })
stub("datastorage", { getSettingsDir = function() return opts.home .. "/settings" end, getDataDir = function() return opts.home end })
stub("ui/time", { s = function(n) return n * SECOND end })
stub("ui/geometry", {})
stub("ui/uimanager", UIManager)
stub("ui/network/manager", NetworkMgr)
stub("ui/widget/confirmbox", widget_class("ConfirmBox"))
stub("ui/widget/infomessage", widget_class("InfoMessage"))
stub("ui/widget/spinwidget", widget_class("SpinWidget"))
stub("ui/widget/inputdialog", InputDialog)
stub("ui/widget/multiinputdialog", MultiInputDialog)
stub("ui/widget/notification", { notify = function(_, text) note({ widget = "Notification", text = text }) end })
stub("ffi/utf8proc", {})
stub("ffi/bitser", {})
stub("ffi/serpent", {})
stub("ffi/zstd", {})
stub("ffi/posix_h", true)
if not pcall(require, "string.buffer") then stub("string.buffer", {}) end
stub("ffi/util", {
    template = function(text, ...)
        local values = { ... }
        return (text:gsub("%%(%d)", function(n) return tostring(values[tonumber(n)]) end))
    end,
    fsyncOpenedFile = function() end,
    fsyncDirectory = function() end,
})

require("socketutil") -- KOReader loads it early; it tightens luasocket's timeouts

stage.note, stage.tasks, stage.run_due, stage.advance = note, tasks, run_due, advance
stage.set_online, stage.device_flags, stage.reader_settings = set_online, device_flags, reader_settings
return stage
