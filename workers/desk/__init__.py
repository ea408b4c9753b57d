"""The desks: an API and pages, where people act on what was published."""

from workers.desk.app import create_desk as create_desk
from workers.desk.app import serve as serve
