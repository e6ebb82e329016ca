-- What the work was like that another one was joined to, as JSON: for the day when they are parted again.
ALTER TABLE merge ADD COLUMN before TEXT;
