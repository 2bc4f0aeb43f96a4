"""Addresses of services, configuration items and their map."""

from django.urls import path

from desk.views import items, servicemap, services

app_name = "cmdb"
urlpatterns = [
    path("services/", services.portfolio, name="services"),
    path("services/new/", services.create, name="service_new"),
    path("services/map/", servicemap.whole, name="map"),
    path("services/<str:slug>/", services.show, name="service"),
    path("services/<str:slug>/edit/", services.edit, name="service_edit"),
    path("services/<str:slug>/review/", services.review, name="service_review"),
    path("services/<str:slug>/map/", servicemap.of_service, name="service_map"),
    path("cmdb/", items.overview, name="items"),
    path("cmdb/ci/new/", items.create, name="item_new"),
    path("cmdb/ci/<int:pk>/", items.show, name="item"),
    path("cmdb/ci/<int:pk>/edit/", items.edit, name="item_edit"),
    path("cmdb/ci/<int:pk>/map/", servicemap.of_item, name="item_map"),
    path("cmdb/ci/<int:pk>/relations/", items.relate, name="relate"),
    path("cmdb/ci/<int:pk>/relations/<int:relation_pk>/drop/", items.unrelate, name="unrelate"),
]
