package container_test

import (
	"context"
	"fmt"
	"log"

	"github.com/rogueidp/rogueidp/mockidp/container"
	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// A test starts the provider beside its service, and lets it lie.
func ExampleRun() {
	ctx := context.Background()
	idp, err := container.Run(ctx, "rogueidp:dev", container.Serve("--client-id", "shop"))
	if err != nil {
		log.Fatal(err)
	}
	defer idp.Terminate(ctx)
	// Here the service is started for idp.Issuer() and idp.ClientID(), and told
	// to trust idp.CAPEM().
	if err := idp.Misbehave(ctx, fault.RedirectTo{Endpoint: "keyset", To: "{canary}"}); err != nil {
		log.Fatal(err)
	}
	token, err := idp.Mint(ctx, container.Ask{Nonce: "n-1", Faults: []fault.Fault{fault.DropClaim{Name: "exp"}}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("the service has to refuse", token)
}
