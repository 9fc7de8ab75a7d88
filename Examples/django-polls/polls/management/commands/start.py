from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.management.commands.runserver import Command as RunserverCommand
from django.core.management import call_command


class Command(RunserverCommand):
    help = "Brings the database up to date, then does what runserver does."

    def inner_run(self, *args, **options):
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0)
        users = get_user_model().objects
        if settings.DEBUG and not users.exists():
            users.create_superuser("admin", password="polls")
            self.stdout.write("A first account: admin, with the password polls.")
        super().inner_run(*args, **options)
