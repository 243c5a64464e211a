"""Who may hear of what. The app `sites` knows memberships, so it brings the loader; core only asks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Scope:
    """The companies and sites whose rows a user may see; with `is_everything`, all of them.

    `sites` holds every site that he sees by itself, those that his companies operate among them. `planned` are the
    companies for which he plans, and so may stop what others began.
    """

    companies: frozenset[int] = frozenset()
    planned: frozenset[int] = frozenset()
    sites: frozenset[int] = frozenset()
    is_everything: bool = False

    def sees(self, companies: Iterable[int | None], sites: Iterable[int | None]) -> bool:
        """Whether one of these companies, or one of these sites, is in scope."""
        return self.is_everything or not (self.companies.isdisjoint(companies) and self.sites.isdisjoint(sites))

    def plans(self, company_id: int) -> bool:
        """Whether he plans for this company."""
        return self.is_everything or company_id in self.planned


NOTHING = Scope()
EVERYTHING = Scope(is_everything=True)

ScopeLoader = Callable[[Any], Scope]
TokenLoader = Callable[[str], Any]


def _superusers_only(user: Any) -> Scope:
    return EVERYTHING if user.is_superuser else NOTHING


_loaders: dict[str, Any] = {"scope": _superusers_only, "token": lambda token: None}


def register_scope_loader(loader: ScopeLoader) -> None:
    """Name the function that gives a signed-in user's scope; called in `AppConfig.ready`."""
    _loaders["scope"] = loader


def register_token_loader(loader: TokenLoader) -> None:
    """Name the function that gives the user of an API key, or None; called in `AppConfig.ready`."""
    _loaders["token"] = loader


def scope_of(user: Any) -> Scope:
    """A user's scope; of one who is not signed in or no longer active, nothing."""
    if not (user and user.is_authenticated and user.is_active):
        return NOTHING
    return _loaders["scope"](user)


def user_of_token(token: str) -> Any:
    """The active user to whom this API key belongs, or None."""
    user = _loaders["token"](token)
    return user if user is not None and user.is_active else None
