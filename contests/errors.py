"""The error that is written for people."""


class ContestError(Exception):
    """An act that the rules refuse. The text says, in Vietnamese, what happened and what to do; views show it as it is."""

    def __init__(self, text: str, code: str = "refused") -> None:
        super().__init__(text)
        self.text = text
        self.code = code
