// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.aws.ec2;

import io.hybridpipe.Input;
import io.hybridpipe.retry.StepFailure;

/** What stands for an input until the caller gives it: the preflight then refuses the run. */
final class Missing {
    private Missing() {}

    static <T> Input<T> call(String method) {
        return Input.value(method).map(forgotten -> {
            throw StepFailure.permanent("the description is not complete: call " + forgotten);
        });
    }
}
