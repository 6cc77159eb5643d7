"""What a project costs: its archives and folders of objects, each by its class."""

from decimal import Decimal

from reshelve.planner.cost.monthly_cost import UnknownClass, class_month, holding
from reshelve.schemas.manifest import ManifestProject, ObjectCopy
from reshelve.schemas.price_list import Prices


def project_month(project: ManifestProject, prices: Prices) -> Decimal | None:
    """Return what a month of a project's objects costs, exact; None where one's class has no price."""
    copies = [copy for copy in project.storage.values() if isinstance(copy, ObjectCopy)]
    try:
        return sum((copy_month(copy.tier, copy.size_bytes, copy.objects, prices) for copy in copies), Decimal(0))
    except UnknownClass:
        return None


def copy_month(storage_class: str, size: int, objects: int, prices: Prices) -> Decimal:
    """Return what a month of `objects`, taken to be of one size, of `size` bytes together costs, exact. Raises UnknownClass."""
    return class_month(storage_class, holding(size, storage_class, prices, objects), prices)
