from datetime import timedelta

from django.contrib.auth import get_user_model
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from polls.models import Question


def ask(text, *choices, days=0):
    question = Question.objects.create(text=text, published=timezone.now() + timedelta(days=days))
    for choice in choices:
        question.choices.create(text=choice)
    return question


class Visitors(TestCase):
    def test_a_new_database_has_questions(self):
        page = self.client.get("/", follow=True)
        self.assertEqual(page.redirect_chain, [("/polls/", 302)])
        self.assertEqual(len(page.context["questions"]), 3)
        self.assertContains(page, "Which fern do you like best?")

    def test_the_newest_question_is_the_first(self):
        ask("An old one", "Yes", days=-3)
        ask("A new one", "Yes")
        texts = [question.text for question in self.client.get("/polls/").context["questions"]]
        self.assertEqual((texts[0], texts[-1]), ("A new one", "An old one"))

    def test_neither_the_future_nor_questions_without_choices_are_shown(self):
        for question in (ask("Tomorrow", "Yes", days=1), ask("Nothing to choose")):
            self.assertNotContains(self.client.get("/polls/"), question.text)
            for name in ("detail", "results"):
                self.assertEqual(self.client.get(reverse(f"polls:{name}", args=[question.pk])).status_code, 404)

    def test_a_vote_is_counted(self):
        question = ask("Well?", "Yes", "No")
        yes, no = question.choices.all()
        for choice in (yes, no, yes):
            page = self.client.post(f"/polls/{question.pk}/vote/", {"choice": choice.pk}, follow=True)
            self.assertEqual(page.redirect_chain, [(f"/polls/{question.pk}/results/", 302)])
            self.assertContains(page, "Your vote has been counted.")
        self.assertEqual([(str(choice), share) for choice, share in question.results()], [("Yes", 67), ("No", 33)])

    def test_what_is_no_choice_of_the_question_is_refused(self):
        question, other = ask("Well?", "Yes"), ask("And?", "No")
        for choice in ("", "x", "²", other.choices.get().pk):
            page = self.client.post(f"/polls/{question.pk}/vote/", {"choice": choice})
            self.assertContains(page, "Choose one of them first.", status_code=422)
        self.assertEqual((question.votes, other.votes), (0, 0))

    def test_a_vote_is_a_post_with_a_token(self):
        question = ask("Well?", "Yes")
        self.assertEqual(self.client.get(f"/polls/{question.pk}/vote/").status_code, 405)
        page = Client(enforce_csrf_checks=True).post(f"/polls/{question.pk}/vote/", {"choice": question.choices.get().pk})
        self.assertEqual((page.status_code, question.votes), (403, 0))


class Administration(TestCase):
    def test_it_wants_an_account(self):
        self.assertRedirects(self.client.get("/admin/"), "/admin/login/?next=/admin/")

    def test_a_question_with_its_choices(self):
        get_user_model().objects.create_superuser("admin", password="polls")
        self.assertTrue(self.client.login(username="admin", password="polls"))
        form = {
            "text": "Tea or coffee?",
            "published_0": "2026-01-01",
            "published_1": "12:00:00",
            "choices-TOTAL_FORMS": "2",
            "choices-INITIAL_FORMS": "0",
            "choices-0-text": "Tea",
            "choices-0-votes": "0",
            "choices-1-text": "Coffee",
            "choices-1-votes": "0",
        }
        page = self.client.post("/admin/polls/question/add/", form, follow=True)
        self.assertContains(page, "was added successfully")
        self.assertEqual([str(choice) for choice in Question.objects.get(text="Tea or coffee?").choices.all()], ["Tea", "Coffee"])
