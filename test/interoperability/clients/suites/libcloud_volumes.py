"""Calls what apache-libcloud has for volumes, but `ex_get_snapshot`, which asks Nova. It has no transfers."""

import os
import unittest

from libcloud.compute.providers import get_driver
from libcloud.compute.types import Provider, StorageVolumeState


class Volumes(unittest.TestCase):
    def setUp(self):
        self.driver = get_driver(Provider.OPENSTACK)(
            os.environ["OS_USERNAME"],
            os.environ["OS_PASSWORD"],
            api_version="2.2",
            ex_force_auth_url=os.environ["OS_AUTH_URL"].removesuffix("/v3"),
            ex_force_auth_version="3.x_password",
            ex_force_service_region=os.environ["OS_REGION_NAME"],
            ex_tenant_name=os.environ["OS_PROJECT_NAME"],
            ex_domain_name="Default",
        )
        self.volume = self.driver.create_volume(1, "libcloud")

    def tearDown(self):
        self.assertTrue(self.driver.destroy_volume(self.volume))

    def test_create_and_show(self):
        shown = self.driver.ex_get_volume(self.volume.id)
        self.assertEqual((shown.name, shown.size, shown.state), ("libcloud", 1, StorageVolumeState.AVAILABLE))

    def test_list(self):
        self.assertIn(self.volume.id, [volume.id for volume in self.driver.list_volumes()])

    def test_snapshots(self):
        snapshot = self.driver.create_volume_snapshot(self.volume, "snapshot")
        self.assertEqual([s.id for s in self.driver.list_volume_snapshots(self.volume)], [snapshot.id])
        self.assertIn(snapshot.id, [s.id for s in self.driver.ex_list_snapshots()])
        self.assertTrue(self.driver.destroy_volume_snapshot(snapshot))

    def test_quotas(self):
        quotas = self.driver.ex_get_volume_quotas(os.environ["DEMO_PROJECT_ID"])
        self.assertGreaterEqual(quotas.volumes.in_use, 1)
