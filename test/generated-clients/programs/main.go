package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"

	"clients/generated"
)

func main() {
	ctx := context.Background()
	client, err := generated.NewClientWithResponses(os.Getenv("API_URL"), generated.WithRequestEditorFn(
		func(_ context.Context, request *http.Request) error {
			request.Header.Set("Authorization", "Bearer "+os.Getenv("API_TOKEN"))
			return nil
		}))
	check(err)
	lastName := "Hopper"
	order := generated.TenantProvisioningRequest{
		TenantName:       os.Getenv("TENANT_NAME"),
		OrganizationName: "Harbour Cranes",
		AdminUser: generated.AdminUser{
			Email: "grace@harbour.example", FirstName: "Grace", LastName: &lastName, Role: "owner",
		},
		Subscription: generated.Subscription{
			Plan:         "starter",
			BillingCycle: "monthly",
			Features:     []string{},
		},
	}

	me, err := client.GetMeWithResponse(ctx)
	check(err)
	if me.JSON200 == nil {
		log.Fatalf("GET /v1/me: %s", me.Status())
	}
	accepted, err := client.OrderTenantWithResponse(ctx, nil, order)
	check(err)
	if accepted.JSON202 == nil {
		log.Fatalf("POST /v1/tenants: %s %s", accepted.Status(), accepted.Body)
	}
	operation, err := client.GetOperationWithResponse(ctx, accepted.JSON202.OperationId)
	check(err)
	if operation.JSON200 == nil {
		log.Fatalf("GET /v1/operations: %s %s", operation.Status(), operation.Body)
	}
	refused, err := client.OrderTenantWithResponse(ctx, nil, order)
	check(err)
	problem := refused.ApplicationproblemJSON409
	if problem == nil || problem.Errors == nil {
		log.Fatalf("The same name ordered twice: %s %s", refused.Status(), refused.Body)
	}
	pointers := []string{}
	for _, one := range *problem.Errors {
		pointers = append(pointers, one.Pointer)
	}
	check(json.NewEncoder(os.Stdout).Encode(map[string]any{
		"caller": me.JSON200.Name,
		"operation": map[string]any{
			"operationId": operation.JSON200.OperationId,
			"tenantName":  operation.JSON200.TenantName,
			"plan":        operation.JSON200.Plan,
			"steps":       len(operation.JSON200.Steps),
		},
		"problem": map[string]any{"type": problem.Type, "status": problem.Status, "pointers": pointers},
	}))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
