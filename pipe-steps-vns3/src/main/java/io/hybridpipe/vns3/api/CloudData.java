// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.vns3.api;

import java.util.Optional;

/**
 * What {@code GET /cloud_data} tells of the cloud a controller runs in.
 *
 * @param cloud {@code ec2}, {@code gce}, {@code azure} and others
 * @param accountId the account, on EC2
 * @param projectId the project, on GCE
 * @param region the region
 * @param zone the availability zone
 * @param instanceId the machine's id
 * @param instanceType the machine's type
 * @param imageId the image it was started from
 * @param privateAddress the address of its first interface
 * @param other what else it tells
 */
public record CloudData(
        Optional<String> cloud,
        Optional<String> accountId,
        Optional<String> projectId,
        Optional<String> region,
        Optional<String> zone,
        Optional<String> instanceId,
        Optional<String> instanceType,
        Optional<String> imageId,
        Optional<String> privateAddress,
        OtherFields other) {
    static CloudData from(Fields fields) {
        Fields data = fields.object("cloud_data");
        return new CloudData(
                fields.text("cloud_type"),
                data.text("accountId"),
                data.text("projectId"),
                data.text("region"),
                data.text("availabilityZone"),
                data.text("instanceId"),
                data.text("instanceType"),
                data.text("imageId"),
                data.text("privateIp"),
                fields.other());
    }
}
