from django.db import migrations

QUESTIONS = [
    ("Tabs or spaces?", ["Tabs", "Spaces", "Whatever the formatter says"]),
    ("Which fern do you like best?", ["Royal fern", "Hart's-tongue", "Maidenhair"]),
    ("Where should a Python program run?", ["On a server", "On my machine", "In the browser", "Everywhere"]),
]


def add(apps, schema_editor):
    Question = apps.get_model("polls", "Question")
    Choice = apps.get_model("polls", "Choice")
    for text, choices in QUESTIONS:
        question = Question.objects.create(text=text)
        Choice.objects.bulk_create([Choice(question=question, text=choice) for choice in choices])


def remove(apps, schema_editor):
    texts = [text for text, _ in QUESTIONS]
    apps.get_model("polls", "Question").objects.filter(text__in=texts).delete()


class Migration(migrations.Migration):
    dependencies = [("polls", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
