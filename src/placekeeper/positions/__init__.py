"""The translation engine: places in one notation in, places in another out. Pure: no files, no network, no clock."""
