"""Addresses of the contests: members' pages here, the organizer's console below /to-chuc/."""

from django.urls import URLPattern, URLResolver, include, path

from contests.pages import after, ask, images, member, practice, register, shared, start, winners

urlpatterns: list[URLPattern | URLResolver] = [
    path("", member.home, name="home"),
    path("cuoc-thi/<slug:slug>/", member.contest, name="contest"),
    path("c/<slug:share_code>/", shared.short_link, name="short_link"),
    path("cuoc-thi/<slug:slug>/anh.png", shared.card, name="share_card"),
    path("cuoc-thi/<slug:slug>/the-le/", member.rules, name="rules"),
    path("cuoc-thi/<slug:slug>/ket-qua/", winners.winners, name="winners"),
    path("cuoc-thi/<slug:slug>/dang-ky/", register.register, name="register"),
    path("cuoc-thi/<slug:slug>/dot-<int:number>/vao-thi/", start.start, name="start"),
    path("thi/<uuid:public_id>/", member.sitting, name="sitting"),
    path("thi/<uuid:public_id>/may-nay/", member.take, name="take"),
    path("thi/<uuid:public_id>/hoi/", ask.ask, name="ask"),
    path("thi/<uuid:public_id>/tin/", ask.news, name="news"),
    path("thi/<uuid:public_id>/nop/", member.submit, name="submit"),
    path("thi/<uuid:public_id>/ket-qua/", member.result, name="result"),
    path("thi/<uuid:public_id>/xem-lai/", after.review, name="review"),
    path("thi/<uuid:public_id>/khieu-nai/", winners.appeals, name="appeals"),
    path("bien-nhan/", after.receipt, name="receipt"),
    path("luyen-tap/", practice.banks, name="practice"),
    path("luyen-tap/<uuid:public_id>/", practice.bank, name="practice_bank"),
    path("luyen-tap/<uuid:public_id>/bo/", practice.begin, name="practice_begin"),
    path("luyen-tap/<uuid:public_id>/bo/<int:seed>/", practice.question, name="practice_question"),
    path("hinh/<uuid:public_id>/", images.image, name="image"),
    path("to-chuc/", include("contests.organizer_urls")),
]
