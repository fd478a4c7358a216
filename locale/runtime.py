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
_("Ban tổ chức vừa thay đổi cuộc thi này. Hãy tải lại trang rồi thử lại.")
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
_(
    "Đợt này từng được mở và đã có thông báo, gia hạn hoặc bài thi ghi lại, nên không bỏ được. "
    "Hãy sửa tên, ngày giờ và đề của đợt thay cho việc bỏ."
)
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

# contests/actions/appeals.py
_("Đề này không có câu ấy. Hãy chọn câu trong danh sách.")
_(
    "Bạn đã gửi một khiếu nại về mục này và ban tổ chức chưa trả lời. Hãy chờ trả lời, hoặc rút lại để gửi nội dung khác."
)

# contests/actions/awards.py
_("Danh sách này không còn hiệu lực. Hãy đề xuất danh sách mới.")
_("Người công bố phải khác người đề xuất. Hãy nhờ một người khác trong ban tổ chức công bố.")
_("Danh sách này không còn hiệu lực nên không cần rút lại.")
_("Hãy cho mỗi người một thứ tự khác nhau, từ 1 trở đi.")
_("Nhóm này không còn bằng nhau, hoặc đã được quyết định. Hãy xem lại trang.")
_("Danh sách chưa được kiểm tra nên chưa công bố được.")
_("Danh sách này đã được kiểm tra.")
_("Danh sách này đã được công bố.")
_("Kết quả hoặc thể lệ đã thay đổi sau khi danh sách được đề xuất. Hãy rút lại và đề xuất danh sách mới.")

# contests/actions/contest_rules.py
_("Bạn không phụ trách đơn vị tổ chức cuộc thi này.")
_("Cuộc thi đã mở nên luật xếp hạng và giải thưởng không đổi được nữa: đã có người dự thi theo luật ấy.")

# contests/actions/enter.py
_("Cuộc thi này không nhận đăng ký.")

# contests/actions/exclude.py
_("Người này đã được loại khỏi xếp hạng.")
_("Người này đang được xếp hạng.")

# contests/actions/regrade.py
_("Cuộc thi chưa mở nên chưa có bài nào để chấm lại. Hãy sửa câu hỏi trong ngân hàng.")
_("Câu này đã được huỷ. Muốn quyết định khác, hãy thu hồi việc huỷ trước.")
_("Hãy chọn đáp án.")
_("Quyết định này đã được thu hồi. Muốn áp dụng lại, hãy lập quyết định mới.")
_("Loại câu này chỉ có một đáp án. Muốn nhận cả đáp án khác, hãy chọn “Chấp nhận thêm đáp án”.")
_("Đây đang là đáp án của câu này. Hãy chọn đáp án khác.")
_("Câu có nhiều đáp án thì không nhận thêm được. Hãy sửa đáp án hoặc huỷ câu.")
_("Đáp án này đang được tính là đúng. Hãy chọn đáp án khác.")

# contests/actions/roster.py
_("Cuộc thi đã kết thúc nên không thêm người dự thi được nữa.")
_("Hãy dán danh sách, mỗi người một dòng.")

# contests/actions/ruling_work.py
_("Việc trước của quyết định này chưa xong. Hãy đợi ít phút.")

# contests/actions/start.py
_("Hãy điền vài thông tin dự thi trước khi vào thi.")

# contests/pages/organizer_rules.py
_("Hãy chọn tệp luật (.json) trước khi bấm nút.")
_("Tệp phải là một bộ thiết lập {…}. Hãy tải tệp luật về làm mẫu.")
_("Không đọc được tệp. Hãy tải tệp luật về làm mẫu rồi sửa trên đó.")

# contests/rules/timing.py, contests/rules/eligibility.py, contests/queries/
_("Bây giờ không trong khung giờ thi của đợt này.")
_("Vòng này chỉ dành cho những người đã được chọn từ các đợt trước.")
_("Bạn thuộc ban tổ chức hoặc tổ kỹ thuật của cuộc thi này nên không dự thi.")
_("Bạn chưa có trong danh sách dự thi. Hãy hỏi công đoàn đơn vị để được thêm vào.")
_("Chưa tới thời gian đăng ký dự thi.")
_("Đã hết hạn đăng ký dự thi.")
_("Mã dự thi chưa đúng. Hãy xem lại mã trong thông báo của ban tổ chức.")
_("Hãy nhập ngày sinh của bạn.")
_("Bạn chưa đủ tuổi dự thi theo thể lệ.")
_("Hãy chọn bảng thi của bạn.")
_("Đơn vị của bạn không thuộc bảng nào của cuộc thi. Hãy hỏi ban tổ chức.")
_("Ban tổ chức đã đưa bạn ra khỏi danh sách dự thi cuộc thi này.")
_("Danh sách vào vòng này có sau khi các đợt trước đóng và chấm xong.")

# contests/actions/marking.py
_("Điểm phải là một số nguyên từ 0 đến 100 phần trăm.")
_("Cuộc thi này nằm ngoài phạm vi bạn phụ trách nên bạn không chấm được.")
_("Lượt thi này đã bị huỷ kết quả nên không chấm nữa. Hãy chấm bài khác.")
_("Lượt thi này chưa nộp hoặc máy chưa chấm xong. Hãy thử lại sau ít phút.")
_("Câu này không phải câu tự luận nên không có gì để chấm.")
_("Đây là bài của chính bạn. Hãy để người khác chấm.")
_("Đã có người khác chấm bài này nên điểm bạn cho không sửa được nữa.")
_("Bài này vừa được chấm xong, không cần thêm người chấm. Hãy chấm bài khác.")
_("Thí sinh bỏ trống câu này nên không có gì để chấm.")

# contests/rules/timing.py, contests/rules/eligibility.py, contests/queries/

# contests/actions/announce.py
_("Cuộc thi chưa công bố nên chưa có ai đọc. Hãy mở cuộc thi trước.")
_("Cuộc thi không có đợt này.")
_("Cuộc thi không có câu này.")
_("Bài này đã đóng nên không gửi câu hỏi được nữa. Sau khi thi, hãy dùng mục khiếu nại.")
_("Bạn vừa gửi một câu hỏi. Hãy chờ nửa phút rồi gửi tiếp.")
_("Câu hỏi này đã được trả lời.")
_("Thông báo này đã được sửa hoặc rút trước đó. Hãy xem bản mới nhất.")

# contests/actions/bank_edit.py
_("Hãy ghi nhãn.")
_("Ngân hàng không có nhãn này.")
_("Trong nhãn không có dấu phẩy. Hãy gắn từng nhãn một.")

# contests/actions/bank_review.py
_("Câu này đang chờ duyệt, đã duyệt hoặc đã ngừng dùng.")
_("Câu này đã có bản mới hoặc không còn chờ duyệt. Hãy mở lại câu để xem.")
_("Hãy ghi cả tên văn bản và điều khoản đã sửa.")
_("Không có câu đang dùng nào trích điều khoản này. Hãy xem lại tên văn bản và số điều.")
_("Câu này đã có bản mới hoặc đã được xem lại. Hãy mở lại câu để xem.")

# contests/actions/bank_shares.py
_("Ngân hàng đã được chia sẻ với đơn vị này.")
_("Việc chia sẻ này đã được thu lại.")

# contests/actions/clues.py
_("Hãy chọn một trong các kết luận.")
_("Hãy chọn quyết định đã có: loại khỏi xếp hạng, không trao giải hoặc huỷ kết quả của người trong dấu hiệu này.")

# contests/actions/opening.py
_("Cuộc thi này đã được mở nên không hẹn giờ mở nữa.")
_("Cuộc thi này không hẹn giờ mở.")
_("Cuộc thi này không đang mở.")
_("Đã quá 10 phút từ khi mở nên không rút lại được nữa. Bạn vẫn tạm dừng hoặc kết thúc được.")
_("Đã có người vào thi nên không rút về bản nháp được nữa. Bạn vẫn tạm dừng được.")
_("Không còn rút lại được lần kéo dài này; chỉ được trong 10 phút.")
_("Giờ đóng cũ đã qua, nên không rút lại được nữa.")
_("Đã có người vào thi với giờ đóng mới, nên không rút lại được nữa.")

# contests/actions/pauses.py
_("Chỉ tạm dừng được cuộc thi đang mở.")
_("Cuộc thi này đang tạm dừng rồi.")
_("Cuộc thi này không tạm dừng.")

# contests/actions/rehearsal.py
_("Chỉ diễn tập được khi cuộc thi còn là bản nháp.")
_("Người yêu cầu diễn tập không còn tài khoản.")
_("Một lần diễn tập của cuộc thi này đang chạy. Hãy đợi nó xong.")

# contests/actions/uploads.py
_("Còn câu cần sửa. Chưa lưu gì cả.")

# contests/pages/organizer_questions.py
_("Bạn viết bản này nên cần một người khác duyệt.")
_("Câu này đã có bản mới hoặc không còn chờ duyệt. Hãy xem lại.")

# contests/rules/timing.py, contests/rules/eligibility.py, contests/queries/

# contests/queries/bank_shares.py
_("Ngân hàng câu hỏi này không do bạn phụ trách và không còn được chia sẻ với đơn vị bạn. Hãy hỏi đơn vị sở hữu.")

# reports/certificates/
_("Tài khoản của bạn không còn phụ trách đơn vị tổ chức cuộc thi này, nên không cấp được.")
_("Máy chủ gặp lỗi khi làm tệp. Không giấy nào bị cấp hai lần; hãy bấm “Làm lại”.")
_("Không có ai để cấp theo lựa chọn này.")
_("Hãy ghi tiêu đề của giấy, ví dụ GIẤY CHỨNG NHẬN.")
_("Hãy ghi lời chứng nhận, hoặc bấm “Dùng mẫu mặc định”.")
_("Có một dấu { hoặc } lẻ. Chỗ điền được viết như {cuộc thi}.")
_("Giấy này đã được thu hồi.")
_("Giấy này đang có hiệu lực.")
_("Chưa công bố danh sách đạt giải nào. Hãy công bố ở trang Giải thưởng trước.")
# reports/counting.py
_("Số liệu vừa mới được tính. Hãy đợi nửa phút rồi thử lại.")
# reports/periods/actions.py
_("Chỉ tiêu phải từ 0,1 đến 100 phần trăm.")
_("Hãy ghi văn bản giao chỉ tiêu: số, ngày và nơi ban hành.")
_("Ngày diễn ra còn ở phía trước. Chỉ ghi việc đã làm.")
_("Ngày diễn ra quá xa. Hãy xem lại năm.")
_("Số lượt người phải từ 1 đến 10.000.000.")
_("Hãy ghi tên hoạt động và nguồn của con số.")
_("Hoạt động này đã được ghi với đúng ngày và số người ấy.")
