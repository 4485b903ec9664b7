// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import static io.hybridpipe.sim.aws.Aws.of;
import static io.hybridpipe.sim.aws.Aws.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Image;

class ImagesTest {

    private static final String OLD = "ami-0000000000000001d";
    private static final String NEW = "ami-0000000000000002e";
    private static final String OWN = "ami-0000000000000003f";
    private static final String LINUX = "ami-00000000000000040";

    private static Aws aws;

    @BeforeAll
    static void start() {
        aws = new Aws(SimAws.builder()
                .image(image(NEW, "controller-6.1", "444455556666", "2026-05-01T00:00:00.250Z"))
                .image(image(OLD, "controller-6.0", "444455556666", "2025-05-01T00:00:00Z"))
                .image(image(OWN, "controller-patched", Aws.ACCOUNT, "2026-06-01T00:00:00Z"))
                .image(image(LINUX, "al2023", "amazon", "2026-04-01T00:00:00Z")));
    }

    @AfterAll
    static void close() {
        aws.close();
    }

    private static SimAws.Image image(String id, String name, String owner, String created) {
        return new SimAws.Image(id, name, owner, Instant.parse(created), Duration.ofSeconds(1));
    }

    private static List<Image> owned(String owner, String name) {
        return of(aws.ec2.describeImages(r -> r.owners(owner)
                        .filters(Filter.builder().name("name").values(name).build())))
                .images();
    }

    @Test
    void theNewestOfAnOwnersImagesIsFoundByName() {
        var found = owned("444455556666", "controller-*");
        assertThat(found).extracting(Image::imageId).containsExactlyInAnyOrder(OLD, NEW);
        assertThat(found.stream()
                        .max(Comparator.comparing(Image::creationDate))
                        .orElseThrow()
                        .imageId())
                .isEqualTo(NEW);
        assertThat(found).extracting(Image::creationDate).contains("2026-05-01T00:00:00.250Z");
    }

    @Test
    void ownersAreAccountsAliasesOrSelf() {
        assertThat(owned("self", "*")).extracting(Image::imageId).containsExactly(OWN);
        assertThat(owned("amazon", "*")).extracting(Image::imageId).containsExactly(LINUX);
        assertThat(owned("aws-marketplace", "*")).extracting(Image::imageId).containsExactly(Aws.IMAGE);
        assertThat(owned("aws-marketplace", "*").get(0).imageOwnerAlias()).isEqualTo("aws-marketplace");
        assertThat(owned("777777777777", "*")).isEmpty();
    }

    @Test
    void imagesComeInPagesAndUnknownIdsAreRefused() {
        var first = of(aws.ec2.describeImages(r -> r.maxResults(3)));
        assertThat(first.images()).hasSize(3);
        assertThat(of(aws.ec2.describeImages(r -> r.maxResults(3).nextToken(first.nextToken())))
                        .images())
                .hasSize(2);
        assertThat(refusal(aws.ec2.describeImages(r -> r.imageIds("ami-000000000000000ff"))))
                .isEqualTo("InvalidAMIID.NotFound");
        assertThat(refusal(aws.ec2.describeImages(r -> r.imageIds("image")))).isEqualTo("InvalidAMIID.Malformed");
    }
}
