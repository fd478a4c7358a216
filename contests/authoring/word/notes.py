"""What of a question's lines could not become text: pictures, equations, drawings. Each is said with what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contests.authoring.columns import Column
from contests.authoring.word.body import DRAWN, FORMULA, LINKED, NOTE, OBJECT, STRUCK, UNKNOWN_SIGN
from contests.authoring.word.options import Options

if TYPE_CHECKING:
    from contests.authoring.word.question import _Question

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
_PROBLEMS = {
    OBJECT: "Câu có công thức hoặc đối tượng nhúng (MathType, OLE) không đọc được; hãy gõ lại bằng chữ hoặc chụp thành ảnh PNG.",
    LINKED: "Câu có ảnh nằm ngoài tệp; hãy chép ảnh vào thẳng tệp Word (Insert → Pictures) rồi tải lại.",
    DRAWN: "Câu có hình vẽ, biểu đồ hoặc SmartArt không đọc được; hãy chụp thành ảnh PNG rồi chèn vào lời câu hỏi.",
    UNKNOWN_SIGN: "Câu có ký hiệu của phông riêng không đọc được (chỗ □); hãy gõ lại ký hiệu đó.",
}
_WARNINGS = {
    FORMULA: "Công thức đã được đổi thành một dòng chữ; hãy xem lại có đúng không.",
    NOTE: "Câu có chú thích cuối trang; phần chú thích không được đọc.",
    STRUCK: "Câu có chữ bị gạch ngang; chữ đó vẫn được đọc, hãy xem lại.",
}


def notes_of(question: _Question, options: Options) -> str:
    """The name of the stem's picture, or ""; what else there is becomes problems and warnings of the question."""
    notes = {note for line in question.segment.lines for note in line.notes}
    for note, text in _PROBLEMS.items():
        if note in notes:
            question.note(Column.STEM, f"word_{note}", text)
    for note, text in _WARNINGS.items():
        if note in notes:
            question.warn(Column.STEM, f"word_{note}", text)
    images = [image for line in options.stem for image in line.images]
    for place, option in enumerate(options.options):
        if option.images:
            letter = chr(ord("A") + place)
            question.note(
                Column.A,
                "option_image",
                f"Phương án {letter} có ảnh; ảnh chỉ đặt được ở lời câu hỏi, hãy ghép các ảnh thành một và đưa lên lời câu hỏi.",
            )
    if question.said.images or any(line.images for line in options.tail):
        question.note(
            Column.STEM,
            "late_image",
            "Có ảnh đứng sau các phương án nên không rõ thuộc câu nào; hãy đưa ảnh lên ngay dưới lời câu hỏi.",
        )
    good = [image for image in images if image.lower().endswith(_PICTURES)]
    if len(good) < len(images):
        question.note(
            Column.STEM, "image_form", "Ảnh dạng WMF, EMF hoặc SVG không dùng được; hãy chèn lại ảnh dạng PNG hoặc JPG."
        )
    if len(good) > 1:
        question.note(
            Column.STEM, "many_images", f"Câu có {len(good)} ảnh mà chỉ giữ được một; hãy ghép thành một ảnh."
        )
    return good[0] if good else ""
