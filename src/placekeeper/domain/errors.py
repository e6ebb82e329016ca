"""Everything that can go wrong and that a caller may want to tell apart. Protocols map this tree to their own dialect.

* PlacekeeperError
  + Refused                    the caller asked for something that can't be done as asked
    - Unauthorized             no account, wrong key, or a credential without the needed scope
      . Outdated               what was verified has changed since: verify again, once
    - Forbidden                the account is known, and may not do this
    - InvalidRequest           a field is missing, of the wrong type or over a limit
      . InvalidDocument        the document id in particular (KOSync has a code of its own for it)
    - NameTaken                an account of that name exists
    - RegistrationOff          this server does not let people register themselves
    - PairingRefused           a pairing code is wrong, used up or too old
    - NotFound                 no such account, work, reading, device or credential
      . Gone                   it was there, and its owner has deleted it
    - Full                     the account keeps as much as it may
    - Changed                  it is not any more as the caller has seen it
  + Unavailable                the server can't do it now
    - StorageUnavailable       the database did not take the write; nothing of it was kept
  + Misconfigured              a setting, a folder or a database that the server can't start with
    - NewerDatabase            the database was written by a newer Placekeeper
  + BadFile                    a library file that can't be read
    - NotAnArchive             no zip archive, or one whose directory is broken
    - NotAnEpub                an archive without a package document that can be read
    - DamagedEntry             one entry of an archive can't be read: encrypted, unknown compression, nothing left of it
    - LimitExceeded            reading on would take more memory or time than a library file may take
      - TooSlow                longer by the clock: perhaps the disk was asleep
    - ReaderDied               the process that read the file ended over it, or was ended
    - NotNow                   it can't be had just now, whatever is in it
      - FileGone               the file is not there, or not in its folder
      - StillChanging          the file changed while it was being read: it is tried again later
"""


class PlacekeeperError(Exception):
    """Root of the tree."""


class Refused(PlacekeeperError):
    """The caller asked for something that can't be done as asked."""


class Unauthorized(Refused):
    """No account, wrong key, or a credential without the needed scope: never told apart on the wire."""


class Outdated(Unauthorized):
    """The account's credentials changed after they were verified, or the account is gone: verify again, once."""


class Forbidden(Refused):
    """The account is known, and may not do this; the message says what it would take."""


class InvalidRequest(Refused):
    """A field is missing, of the wrong type or over a limit; the message names it."""


class InvalidDocument(InvalidRequest):
    """The document id is missing, empty, too long or holds a colon."""


class NameTaken(Refused):
    """An account of that name exists."""


class RegistrationOff(Refused):
    """The server does not let people register themselves."""


class PairingRefused(Refused):
    """A pairing code is wrong, used up or too old."""


class NotFound(Refused):
    """No such account, work, reading, device or credential."""


class Gone(NotFound):
    """It was there, and its owner, who asks, has deleted it."""


class Full(Refused):
    """The account keeps as many places and annotations as an admin lets it: nothing new is taken, nothing old is lost."""


class Changed(Refused):
    """It is not any more as the caller has seen it: look again, then change it."""


class Unavailable(PlacekeeperError):
    """The server can't do it now."""


class StorageUnavailable(Unavailable):
    """The database did not take the write; nothing of it was kept."""


class Misconfigured(PlacekeeperError):
    """A setting, a folder or a database that the server can't start with; the message is one clear line."""


class NewerDatabase(Misconfigured):
    """The database was written by a newer Placekeeper."""


class BadFile(PlacekeeperError):
    """A library file that can't be read; the message is one clear line without the file's path."""


class NotAnArchive(BadFile):
    """No zip archive, or one whose directory is broken."""


class NotAnEpub(BadFile):
    """An archive without a package document that can be read."""


class DamagedEntry(BadFile):
    """One entry of an archive can't be read; the rest may be fine. The message names the entry."""


class LimitExceeded(BadFile):
    """Reading on would take more memory or time than a library file may take; the message names the limit."""


class TooSlow(LimitExceeded):
    """Reading took longer than a file may take by the clock: a disk may have been asleep."""


class ReaderDied(BadFile):
    """The process that read the file ended over it, or because the server stops."""


class NotNow(BadFile):
    """The file can't be had just now, which says nothing about what is in it: nobody may conclude that a text is not there."""


class FileGone(NotNow):
    """The file is not there, or not in its folder."""


class StillChanging(NotNow):
    """The file changed while it was being read: it is tried again later."""
