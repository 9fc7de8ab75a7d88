from django.contrib import admin
from django.db import models
from django.db.models import Exists, OuterRef, Sum
from django.utils import timezone


class QuestionQuerySet(models.QuerySet):
    def published(self):
        """Those that visitors may see: published, and with something to choose."""
        choices = Choice.objects.filter(question=OuterRef("pk"))
        return self.filter(Exists(choices), published__lte=timezone.now())


class Question(models.Model):
    text = models.CharField(max_length=200)
    published = models.DateTimeField("date published", default=timezone.now)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["-published", "-pk"]

    def __str__(self):
        return self.text

    @property
    @admin.display(description="votes")
    def votes(self):
        return self.choices.aggregate(sum=Sum("votes"))["sum"] or 0

    def results(self):
        """Every choice with its share of the votes in percent, the first one first."""
        votes = self.votes or 1
        return [(choice, round(100 * choice.votes / votes)) for choice in self.choices.order_by("-votes", "pk")]


class Choice(models.Model):
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="choices")
    text = models.CharField(max_length=200)
    votes = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return self.text
