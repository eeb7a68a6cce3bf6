module volume-transfers/test/clients/gophercloud

// go.sum also has the modules of the acceptance tests (suites/gophercloud_suite.ts). `go mod tidy` removes them.

go 1.25.0

require github.com/gophercloud/gophercloud/v2 v2.16.0

require gopkg.in/yaml.v2 v2.4.0 // indirect
