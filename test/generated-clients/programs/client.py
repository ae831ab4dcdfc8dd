import json
import os

from generated import AuthenticatedClient
from generated.api.operations import get_operation
from generated.api.operating import get_me
from generated.api.tenants import order_tenant
from generated.models import (
    Accepted,
    AdminUser,
    Me,
    Operation,
    OrderConfiguration,
    Problem,
    Subscription,
    SubscriptionBillingCycle,
    SubscriptionPlan,
    TenantProvisioningRequest,
)

client = AuthenticatedClient(base_url=os.environ["API_URL"], token=os.environ["API_TOKEN"])
order = TenantProvisioningRequest(
    tenant_name=os.environ["TENANT_NAME"],
    organization_name="Harbour Cranes",
    admin_user=AdminUser(email="grace@harbour.example", first_name="Grace", last_name="Hopper", role="owner"),
    subscription=Subscription(
        plan=SubscriptionPlan.STARTER, billing_cycle=SubscriptionBillingCycle.MONTHLY, features=[]
    ),
    configuration=OrderConfiguration(),
)

me = get_me.sync(client=client)
assert isinstance(me, Me), me
accepted = order_tenant.sync(client=client, body=order)
assert isinstance(accepted, Accepted), accepted
operation = get_operation.sync(accepted.operation_id, client=client)
assert isinstance(operation, Operation), operation
refused = order_tenant.sync(client=client, body=order)
assert isinstance(refused, Problem), refused
print(
    json.dumps(
        {
            "caller": me.name,
            "operation": {
                "operationId": operation.operation_id,
                "tenantName": operation.tenant_name,
                "plan": operation.plan.value,
                "steps": len(operation.steps),
            },
            "problem": {
                "type": refused.type_,
                "status": refused.status,
                "pointers": [error.pointer for error in refused.errors or []],
            },
        }
    )
)
