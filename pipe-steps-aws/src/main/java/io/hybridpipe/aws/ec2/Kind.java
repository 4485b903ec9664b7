// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.AwsCalls;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import software.amazon.awssdk.services.ec2.model.DescribeVpcsResponse;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.Vpc;

/**
 * One kind of EC2 resource that bears tags from its create call on: how it is named, and looked for.
 *
 * @param type as CloudFormation calls it, for reports
 * @param tagged what its tag specification is for
 * @param show the command that shows one, up to the id
 * @param idFilter the filter of its Describe action that takes ids: unlike the list of ids it does not fail for one that is
 *     not there
 * @param id of one
 * @param tags of one
 * @param search its Describe action with filters, all pages
 */
record Kind<R>(
        String type,
        ResourceType tagged,
        String show,
        String idFilter,
        Function<R, String> id,
        Function<R, List<Tag>> tags,
        Search<R> search) {

    /** A Describe action. */
    @FunctionalInterface
    interface Search<R> {
        Flux<R> all(AwsAccount account, AwsCalls calls, List<Filter> filters);
    }

    static final Kind<Vpc> VPC = new Kind<>(
            "AWS::EC2::VPC",
            ResourceType.VPC,
            "ec2 describe-vpcs --vpc-ids",
            "vpc-id",
            Vpc::vpcId,
            Vpc::tags,
            (account, calls, filters) -> calls.readingAll(
                    "DescribeVpcs",
                    page -> account.ec2().describeVpcs(r -> r.filters(filters).nextToken(page)),
                    DescribeVpcsResponse::vpcs,
                    DescribeVpcsResponse::nextToken));
}
