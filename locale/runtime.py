"""Texts that reach gettext only at runtime, as `gettext(error.text)`, written out so that they are collected.

`makemessages` finds a text only where a gettext call holds it, and the acts and rules of a contest raise plain Vietnamese.
It also skips every folder called `locale`, so `locale/update.sh` adds this file to the catalogue after it. Nothing imports
this module. `tests/test_languages.py` fails when a refusal in contests/actions is missing here.
"""

from django.utils.translation import gettext_noop as _

# contests/rules/timing.py
_("Cuộc thi này không dành cho đơn vị của bạn.")
_("Đợt thi chưa mở.")
_("Đợt thi đã kết thúc.")
_("Bạn đã dùng hết số lượt thi của đợt này.")

# contests/actions/start.py, contests/actions/sitting.py, contests/pages/sitting_form.py
_("Hãy chọn đơn vị công đoàn của bạn trước khi vào thi.")
_("Bạn chưa đồng ý dự thi. Hãy đánh dấu đồng ý ở trang Tài khoản rồi vào thi.")
_("Đề thi chưa sẵn sàng. Hãy báo ban tổ chức và thử lại sau ít phút.")
_("Lượt trước của bạn đang được nộp. Hãy thử lại sau vài giây.")
_("Đã hết giờ làm bài. Các câu gửi đúng giờ đều đã được ghi nhận.")
_("Có câu trả lời không thuộc đề thi này. Chưa lưu gì cả; hãy tải lại trang.")

# contests/actions/contest.py
_("Cuộc thi đã kết thúc nên không sửa được nữa.")
_("Cuộc thi đã kết thúc nên không thêm đợt được nữa.")
_(
    "Cuộc thi đã mở nên đề thi, số phút, số lượt và khung giờ không đổi được nữa. "
    "Nếu cần thêm thời gian, hãy kéo dài giờ đóng và ghi lý do."
)
_("Cuộc thi đã mở nên không bỏ đợt thi được nữa.")
_("Chỉ bỏ được đợt cuối cùng, và cuộc thi phải còn ít nhất một đợt.")
_("Cuộc thi này đã được mở.")
_("Cuộc thi này đã kết thúc. Trong 24 giờ sau khi kết thúc, hãy dùng “Mở lại”.")
_("Chỉ kéo dài được đợt thi của cuộc thi đang mở.")
_("Đợt này đã đóng nên không kéo dài được nữa. Nếu cần, hãy thêm một đợt mới.")
_("Chỉ kết thúc được cuộc thi đang mở.")
_("Cuộc thi này chưa kết thúc nên không cần mở lại.")
_("Đã quá 24 giờ từ khi kết thúc nên không mở lại được nữa. Hãy tạo một cuộc thi mới.")

# contests/actions/extend.py, contests/actions/rulings.py
_("Chỉ gia hạn được khi cuộc thi đang mở.")
_("Hãy chọn một người hoặc một đơn vị, không chọn cả hai.")
_("Đơn vị này không thuộc diện dự thi.")
_("Thêm nhiều nhất 180 phút và 10 lượt trong một lần gia hạn.")
_("Hãy cho thêm phút, thêm lượt hoặc một giờ đóng muộn hơn.")
_("Giờ đóng mới phải sau giờ đóng của đợt và sau lúc này.")
_("Đợt thi đã đóng. Muốn cho thi tiếp, hãy chọn thêm giờ đóng mới.")
_("Đáp án của đợt này đã hiện cho thí sinh nên không mở lại được nữa.")
_("Gia hạn này đã được thu hồi.")
_("Hãy ghi lý do, từ 5 đến 500 ký tự; thí sinh và cấp trên có thể hỏi.")
_("Đợt thi đã đóng với người này. Hãy chọn giờ đóng mới cho lượt thi lại.")
_("Lượt thi này đang được tính.")
_("Lượt thi này đã bị huỷ kết quả. Hãy khôi phục nó trước.")
_("Lượt thi này không có câu trả lời đến trễ nào chờ xem xét.")
_("Lượt thi này đã bị huỷ kết quả trước đó.")
_("Lượt thi này chưa chấm xong. Hãy thử lại sau ít phút.")

# contests/actions/bank.py
_("Hãy đặt tên cho ngân hàng câu hỏi, không quá 200 ký tự.")
_("Câu hỏi này đã ngừng dùng.")
_("Câu hỏi này vẫn đang dùng.")
_("Tệp không có câu hỏi nào để lưu.")
_("Ngân hàng này đã mở cho mọi người thi thử.")
_("Chưa mở thi thử được: đề của một cuộc thi chưa xong còn bốc câu hỏi từ ngân hàng này.")
_("Ngân hàng này không mở cho thi thử.")

# contests/queries/preflight.py
_(
    "Ngân hàng này đang mở cho mọi người thi thử, ai cũng xem được đáp án, nên không dùng để ra đề được. "
    "Hãy chọn ngân hàng khác."
)
_("Giờ đóng phải sau giờ mở. Hãy sửa một trong hai.")
_("Giờ đóng đã qua. Hãy chọn một thời điểm sau bây giờ.")
_("Thể lệ đầy đủ")
_("Cuộc thi chưa có đợt nào. Hãy thêm một đợt thi.")
_("Mọi mục của thể lệ đều hợp lệ.")
_("Khung giờ ở phía trước")
_("Mọi đợt đều còn giờ để vào thi.")
_("Ngân hàng đủ câu hỏi")
_("Mỗi chủ đề đủ câu trong suốt cuộc thi.")
_("Đơn vị dự thi")
