// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.Input;
import io.hybridpipe.aws.AwsAccount;
import io.hybridpipe.aws.AwsCalls;
import io.hybridpipe.retry.StepFailure;
import java.util.Comparator;
import java.util.List;
import java.util.function.BinaryOperator;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.services.ec2.model.DescribeImagesResponse;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Image;

/**
 * Which machine image to launch.
 *
 * @param named what the caller says: an id, the name of a parameter, or a pattern of names
 * @param lookup how an id comes of that
 */
record ImageSource(Input<? extends String> named, Lookup lookup) {
    // instants in ISO 8601, so that the order of the texts is that of the time
    private static final Comparator<Image> NEWEST_LAST = Comparator.comparing(Image::creationDate);

    /** Finds the id of the image that is meant. */
    @FunctionalInterface
    interface Lookup {
        Mono<String> find(AwsAccount account, AwsCalls calls, String named);
    }

    static ImageSource id(Input<? extends String> id) {
        return new ImageSource(id, (account, calls, named) -> Mono.just(named));
    }

    static ImageSource parameter(Input<? extends String> name) {
        return new ImageSource(name, ImageSource::requestParameter);
    }

    static ImageSource newest(String owner, Input<? extends String> pattern) {
        return new ImageSource(pattern, (account, calls, named) -> requestNewest(account, calls, owner, named));
    }

    /** Looks at an image, which must be there and available. */
    static Mono<Void> check(AwsAccount account, AwsCalls calls, String id) {
        return calls.reading("DescribeImages " + id, () -> account.ec2().describeImages(r -> r.imageIds(id)))
                .flatMap(answer -> answer.images().stream().anyMatch(image -> "available".equals(image.stateAsString()))
                        ? Mono.empty()
                        : Mono.error(StepFailure.permanent("image " + id + " is not available in " + account.where())));
    }

    private static Mono<String> requestParameter(AwsAccount account, AwsCalls calls, String name) {
        return calls.reading("GetParameter " + name, () -> account.ssm().getParameter(r -> r.name(name)))
                .map(answer -> answer.parameter().value())
                .filter(value -> value.matches("ami-[0-9a-f]{8,17}"))
                .switchIfEmpty(Mono.error(() -> StepFailure.permanent(
                        "parameter " + name + " in " + account.where() + " does not hold the id of an image")));
    }

    private static Mono<String> requestNewest(AwsAccount account, AwsCalls calls, String owner, String pattern) {
        List<Filter> filters = List.of(
                Filter.builder().name("name").values(pattern).build(),
                Filter.builder().name("state").values("available").build());
        return calls.readingAll(
                        "DescribeImages of " + owner,
                        page -> account.ec2()
                                .describeImages(
                                        r -> r.owners(owner).filters(filters).nextToken(page)),
                        DescribeImagesResponse::images,
                        DescribeImagesResponse::nextToken)
                .reduce(BinaryOperator.maxBy(NEWEST_LAST))
                .map(Image::imageId)
                .switchIfEmpty(Mono.error(() -> StepFailure.permanent(
                        owner + " has no available image whose name fits '" + pattern + "' in " + account.where())));
    }
}
