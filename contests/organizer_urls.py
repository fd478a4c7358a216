"""The organizer's console, /to-chuc/."""

from django.urls import URLPattern, path

from contests.pages import (
    organizer,
    organizer_appeals,
    organizer_attempts,
    organizer_audit,
    organizer_awards,
    organizer_bank,
    organizer_export,
    organizer_extensions,
    organizer_import,
    organizer_marking,
    organizer_roster,
    organizer_rules,
    organizer_rulings,
)

urlpatterns: list[URLPattern] = [
    path("", organizer.home, name="organizer_home"),
    path("don-vi/", organizer.units, name="organizer_units"),
    path("mau-cau-hoi.xlsx", organizer_import.template, name="organizer_template"),
    # banks
    path("ngan-hang/moi/", organizer_bank.new_bank, name="organizer_new_bank"),
    path("ngan-hang/<uuid:public_id>/", organizer_bank.bank, name="organizer_bank"),
    path("ngan-hang/<uuid:public_id>/thi-thu/", organizer_bank.bank_practice, name="organizer_practice"),
    path("ngan-hang/<uuid:public_id>/cau-hoi/", organizer_bank.question, name="organizer_question"),
    path("ngan-hang/<uuid:public_id>/cau-hoi/dung/", organizer_bank.retire, name="organizer_retire"),
    path("ngan-hang/<uuid:public_id>/nhap/", organizer_import.upload, name="organizer_upload"),
    path("ngan-hang/<uuid:public_id>/nhap/<str:token>/", organizer_import.preview_import, name="organizer_import"),
    path("ngan-hang/<uuid:public_id>/tai-xuong/", organizer_export.export_bank, name="organizer_export"),
    # contests
    path("cuoc-thi/moi/", organizer.new_contest, name="organizer_new_contest"),
    path("cuoc-thi/<slug:slug>/", organizer.contest, name="organizer_contest"),
    path("cuoc-thi/<slug:slug>/sua/", organizer.edit_contest, name="organizer_edit_contest"),
    path("cuoc-thi/<slug:slug>/so-lieu/", organizer.figures, name="organizer_figures"),
    path("cuoc-thi/<slug:slug>/mo/", organizer.open_contest, name="organizer_open"),
    path("cuoc-thi/<slug:slug>/ket-thuc/", organizer.close_contest, name="organizer_close"),
    path("cuoc-thi/<slug:slug>/mo-lai/", organizer.reopen_contest, name="organizer_reopen"),
    path("cuoc-thi/<slug:slug>/dot-moi/", organizer.edit_round, name="organizer_new_round"),
    path("cuoc-thi/<slug:slug>/dot-<int:number>/", organizer.edit_round, name="organizer_edit_round"),
    path("cuoc-thi/<slug:slug>/dot-<int:number>/xem-thu/", organizer.preview, name="organizer_preview"),
    path("cuoc-thi/<slug:slug>/dot-<int:number>/keo-dai/", organizer.extend, name="organizer_extend"),
    path("cuoc-thi/<slug:slug>/dot-<int:number>/bo/", organizer.remove_round, name="organizer_remove_round"),
    path("cuoc-thi/<slug:slug>/dot-<int:number>/in-de/", organizer_export.print_papers, name="organizer_print"),
    path("cuoc-thi/<slug:slug>/danh-sach/", organizer_roster.roster, name="organizer_roster"),
    # its rules: ranking, divisions, boards of units, prizes
    path("cuoc-thi/<slug:slug>/luat/", organizer_rules.rules, name="organizer_rules"),
    path("cuoc-thi/<slug:slug>/luat/tep.json", organizer_rules.download, name="organizer_rules_file"),
    path("cuoc-thi/<slug:slug>/luat/tep/", organizer_rules.upload, name="organizer_rules_upload"),
    path("cuoc-thi/<slug:slug>/bang-don-vi/moi/", organizer_rules.unit_board, name="organizer_new_unit_board"),
    path("cuoc-thi/<slug:slug>/bang-don-vi/<int:number>/", organizer_rules.unit_board, name="organizer_unit_board"),
    # during and after a round
    path("cuoc-thi/<slug:slug>/don-vi/", organizer_extensions.units, name="organizer_contest_units"),
    path("cuoc-thi/<slug:slug>/nhat-ky/", organizer_audit.records, name="organizer_audit"),
    path("cuoc-thi/<slug:slug>/luot-thi/", organizer_attempts.attempts, name="organizer_attempts"),
    path("cuoc-thi/<slug:slug>/luot-thi/<uuid:attempt_id>/", organizer_attempts.attempt, name="organizer_attempt"),
    path("cuoc-thi/<slug:slug>/quyet-dinh/", organizer_rulings.rulings, name="organizer_rulings"),
    path("cuoc-thi/<slug:slug>/quyet-dinh/moi/", organizer_rulings.new_ruling, name="organizer_new_ruling"),
    path("cuoc-thi/<slug:slug>/quyet-dinh/<uuid:ruling_id>/", organizer_rulings.ruling, name="organizer_ruling"),
    path(
        "cuoc-thi/<slug:slug>/dot-<int:number>/gia-han/", organizer_extensions.extensions, name="organizer_extensions"
    ),
    path(
        "cuoc-thi/<slug:slug>/dot-<int:number>/gia-han/<uuid:extension_id>/thu-hoi/",
        organizer_extensions.revoke,
        name="organizer_revoke",
    ),
    path("cuoc-thi/<slug:slug>/cham-tu-luan/", organizer_marking.queue, name="organizer_marking"),
    path("cuoc-thi/<slug:slug>/cham-tu-luan/<slug:essay>/", organizer_marking.essay, name="organizer_essay"),
    # after the last round
    path("cuoc-thi/<slug:slug>/giai-thuong/", organizer_awards.awards, name="organizer_awards"),
    path("cuoc-thi/<slug:slug>/giai-thuong/<uuid:list_id>/", organizer_awards.winners_list, name="organizer_winners"),
    path("cuoc-thi/<slug:slug>/khieu-nai/", organizer_appeals.appeals, name="organizer_appeals"),
    path("cuoc-thi/<slug:slug>/khieu-nai/<uuid:appeal_id>/", organizer_appeals.appeal, name="organizer_appeal"),
]
