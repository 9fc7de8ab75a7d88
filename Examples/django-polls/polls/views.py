from django.contrib import messages
from django.db.models import F, Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.views import generic
from django.views.decorators.http import require_POST

from .models import Question


class IndexView(generic.ListView):
    template_name = "polls/index.html"
    context_object_name = "questions"

    def get_queryset(self):
        return Question.objects.published().annotate(total=Sum("choices__votes")).order_by(*Question._meta.ordering)


class DetailView(generic.DetailView):
    template_name = "polls/detail.html"

    def get_queryset(self):
        return Question.objects.published()


class ResultsView(DetailView):
    template_name = "polls/results.html"


@require_POST
def vote(request, pk):
    question = get_object_or_404(Question.objects.published(), pk=pk)
    choice = request.POST.get("choice", "")
    # Counted by the database, so that two votes at the same time are two.
    counted = choice.isdecimal() and question.choices.filter(pk=int(choice)).update(votes=F("votes") + 1)
    if not counted:
        context = {"question": question, "problem": "Choose one of them first."}
        return render(request, "polls/detail.html", context, status=422)
    messages.success(request, "Your vote has been counted.")
    return redirect("polls:results", pk=pk)
