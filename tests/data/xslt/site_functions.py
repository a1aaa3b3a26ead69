"""What the stylesheet of the site calls of its own."""


class Site:
    @staticmethod
    def rights(statements: list[str]) -> str:
        return " / ".join(statements).upper()
