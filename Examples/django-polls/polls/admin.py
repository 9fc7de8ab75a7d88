from django.contrib import admin

from .models import Choice, Question

admin.site.site_header = admin.site.site_title = "Polls administration"


class ChoiceInline(admin.TabularInline):
    model = Choice
    extra = 2


@admin.register(Question)
class QuestionAdmin(admin.ModelAdmin):
    fields = ["text", "published"]
    inlines = [ChoiceInline]
    list_display = ["text", "published", "votes"]
    list_filter = ["published"]
    search_fields = ["text"]
