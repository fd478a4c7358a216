"""XML of strangers as a small tree: no DOCTYPE, so no entities and nothing fetched; limits on elements and depth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from contests.authoring.guard import MAX_FILE, FileRefused

MAX_ELEMENTS = 300_000
MAX_DEPTH = 40


@dataclass(slots=True)
class Node:
    """An element: its text is what stands directly inside it."""

    tag: str
    attributes: dict[str, str]
    parts: list[str] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text directly inside."""
        return "".join(self.parts)

    def all(self, tag: str) -> Iterator[Node]:
        """The children of that name."""
        return (child for child in self.children if child.tag == tag)

    def first(self, tag: str) -> Node | None:
        """The first child of that name."""
        return next(self.all(tag), None)

    def said(self, tag: str) -> str:
        """The text of the first child of that name, or of its <text>; "" without one."""
        child = self.first(tag)
        if child is None:
            return ""
        inner = child.first("text")
        return (child if inner is None else inner).text.strip()


@dataclass(slots=True)
class Tree:
    """The root, and the comments of the document."""

    root: Node | None = None
    comments: list[str] = field(default_factory=list)


def parsed(data: bytes) -> Tree:
    """The tree. Raises `FileRefused` for a DOCTYPE, for what is too large or too deep, and for what is no XML."""
    if len(data) > MAX_FILE:
        raise FileRefused("too_big", f"Tệp lớn hơn {MAX_FILE // 2**20} MB; hãy chia thành nhiều tệp.")
    tree, open_nodes, count, inside = Tree(), list[Node](), 0, 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal count, inside
        count += 1
        if count > MAX_ELEMENTS or len(open_nodes) >= MAX_DEPTH:
            raise FileRefused(
                "too_many_elements", "Tệp XML có quá nhiều phần, hoặc lồng quá sâu; hãy chia thành nhiều tệp."
            )
        if open_nodes and open_nodes[-1].tag == "text":  # markup that nobody escaped is still the text's own
            inside += 1
            open_nodes[-1].parts.append(f"<{tag}>")
            return
        node = Node(tag, attributes)
        if open_nodes:
            open_nodes[-1].children.append(node)
        else:
            tree.root = node
        open_nodes.append(node)

    def end(tag: str) -> None:
        nonlocal inside
        if inside:
            inside -= 1
            open_nodes[-1].parts.append(f"</{tag}>")
        else:
            open_nodes.pop()

    def doctype(*_: object) -> None:
        text = "Tệp XML có khai báo DOCTYPE, mà tệp của Moodle không có; hãy xuất lại từ Moodle."
        raise FileRefused("doctype", text)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda text: open_nodes[-1].parts.append(text)
    parser.CommentHandler = tree.comments.append
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        text = f"Tệp XML hỏng ở dòng {error.lineno}; hãy xuất lại từ Moodle (định dạng Moodle XML)."
        raise FileRefused("broken_xml", text) from error
    except (LookupError, UnicodeError, ValueError) as error:  # an encoding that nobody knows
        raise FileRefused("encoding", "Tệp XML khai báo bảng mã không đọc được; hãy lưu lại với mã UTF-8.") from error
    return tree
