"""Work centers, operators and what belongs to them, each within a reader's access."""

from django.db.models import Q, QuerySet

from production.models import Operator, Reason, Skill, Team, Tool, WorkCenter
from sites import selectors
from sites.access import NO_ACCESS, Access


def work_centers(access: Access) -> QuerySet[WorkCenter]:
    """Work centers of the sites that a reader deals with; their rates are the operator's alone."""
    return WorkCenter.objects.filter(site__in=selectors.sites(access)).select_related("site__company", "calendar")


def skills(access: Access) -> QuerySet[Skill]:
    """Skills, which are for all."""
    return Skill.objects.none() if access == NO_ACCESS else Skill.objects.all()


def tools(access: Access) -> QuerySet[Tool]:
    """Tools of the sites that a reader deals with, and those of all sites."""
    own = Tool.objects.filter(Q(site=None) | Q(site__in=selectors.sites(access)))
    return Tool.objects.none() if access == NO_ACCESS else own


def reasons(access: Access) -> QuerySet[Reason]:
    """Reasons of the sites where a reader works, and those of all sites."""
    own = Reason.objects.filter(Q(site=None) | access.q(sites=["site"]))
    return Reason.objects.none() if access == NO_ACCESS else own


def teams(access: Access) -> QuerySet[Team]:
    """Teams of the sites where a reader works."""
    return Team.objects.filter(access.q(sites=["site"]))


def operators(access: Access) -> QuerySet[Operator]:
    """Operators of the sites where a reader works; whose people they are is nobody else's business."""
    return Operator.objects.filter(access.q(sites=["site"])).select_related("site", "team", "work_center", "user")
