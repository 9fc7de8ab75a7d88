from django.db import connection
from django.http import HttpResponse
from django.urls import path


def home(request):
    with connection.cursor() as cursor:
        cursor.execute("select 'hello from ' || 'django'")
        return HttpResponse(cursor.fetchone()[0] + "\n", content_type="text/plain")


urlpatterns = [path("", home)]
