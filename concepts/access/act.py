"""What can be done on a server, and the least role for it."""

from enum import Enum

from concepts.access.role import Role


class Act(Enum):
    """An act: its verb as the record writes it, what it is called in a sentence, and the least role for it.

    others: the least role for it where what it is done to belongs to somebody else.
    """

    SEE = "see", "see reports", Role.READER, Role.READER
    NAME = "name", "name concepts", Role.READER, Role.READER
    RUN = "run", "start analyses and looks at a model", Role.ANALYST, Role.ANALYST
    ASK = "ask", "ask a model", Role.ANALYST, Role.ANALYST
    RUN_CODE = "run code", "run a model whose code the operator has not named", Role.ADMIN, Role.ADMIN
    UPLOAD = "upload", "upload files", Role.ANALYST, Role.ANALYST
    CANCEL = "cancel", "cancel this", Role.ANALYST, Role.ADMIN
    REMOVE = "remove", "remove this", Role.ANALYST, Role.ADMIN
    SHARE = "share", "share this", Role.ANALYST, Role.ADMIN
    IMPORT_NAMES = "import names", "import names that others signed", Role.ADMIN, Role.ADMIN
    READ_RECORD = "read the record", "read the record", Role.ADMIN, Role.ADMIN
    READ_USAGE = "see usage", "see what each person uses", Role.ADMIN, Role.ADMIN

    def __init__(self, verb: str, words: str, own: Role, others: Role) -> None:
        self.verb, self.words, self.own, self.others = verb, words, own, others
