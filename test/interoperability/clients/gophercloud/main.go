// Calls one function of gophercloud and prints the result as JSON, or the error to standard error.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/blockstorage/v3/snapshots"
	"github.com/gophercloud/gophercloud/v2/openstack/blockstorage/v3/transfers"
	"github.com/gophercloud/gophercloud/v2/openstack/blockstorage/v3/volumes"
	"github.com/gophercloud/gophercloud/v2/pagination"
)

// arguments holds the arguments of every function. Each function uses some of them.
type arguments struct {
	ID, VolumeID, Name, AuthKey string
	Size, Limit                 int
}

func main() {
	var args arguments
	if err := json.Unmarshal([]byte(os.Args[2]), &args); err != nil {
		panic(err)
	}
	result, err := call(context.Background(), os.Args[1], args)
	if err != nil {
		write(os.Stderr, map[string]string{"type": fmt.Sprintf("%T", err), "message": err.Error()})
		os.Exit(1)
	}
	write(os.Stdout, result)
}

func call(ctx context.Context, function string, args arguments) (any, error) {
	client, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	// Without a microversion, the service uses the oldest one: 3.0.
	client.Microversion = os.Getenv("OS_VOLUME_API_VERSION")
	switch function {
	case "volumes.Create":
		return volumes.Create(ctx, client, volumes.CreateOpts{Size: args.Size}, nil).Extract()
	case "volumes.List":
		return allPages(ctx, volumes.List(client, volumes.ListOpts{}), volumes.ExtractVolumes)
	case "snapshots.Create":
		return snapshots.Create(ctx, client, snapshots.CreateOpts{VolumeID: args.VolumeID}).Extract()
	case "snapshots.List":
		return allPages(ctx, snapshots.List(client, snapshots.ListOpts{}), snapshots.ExtractSnapshots)
	case "transfers.Create":
		return transfers.Create(ctx, client, transfers.CreateOpts{VolumeID: args.VolumeID, Name: args.Name}).Extract()
	case "transfers.List":
		return allPages(ctx, transfers.List(client, transfers.ListOpts{Limit: args.Limit}), transfers.ExtractTransfers)
	case "transfers.Get":
		return transfers.Get(ctx, client, args.ID).Extract()
	case "transfers.Accept":
		return transfers.Accept(ctx, client, args.ID, transfers.AcceptOpts{AuthKey: args.AuthKey}).Extract()
	case "transfers.Delete":
		return nil, transfers.Delete(ctx, client, args.ID).ExtractErr()
	}
	return nil, fmt.Errorf("no function %s", function)
}

func connect(ctx context.Context) (*gophercloud.ServiceClient, error) {
	if os.Getenv("OS_CLOUD") == "" {
		return connectWithoutAuth()
	}
	return connectWithKeystone(ctx)
}

// allPages follows a pager to its end and returns the items of each page.
func allPages[T any](ctx context.Context, pager pagination.Pager, extract func(pagination.Page) ([]T, error)) ([][]T, error) {
	pages := [][]T{}
	err := pager.EachPage(ctx, func(_ context.Context, page pagination.Page) (bool, error) {
		items, err := extract(page)
		pages = append(pages, items)
		return true, err
	})
	return pages, err
}

func write(to *os.File, value any) {
	if err := json.NewEncoder(to).Encode(value); err != nil {
		panic(err)
	}
}
