// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.resources.fluent.models.GenericResourceInner;
import io.hybridpipe.StepContext;
import io.hybridpipe.azure.ArmOperation;
import io.hybridpipe.azure.AzureAccount;
import io.hybridpipe.azure.AzureFailures;
import io.hybridpipe.retry.StepFailure;
import java.util.LinkedHashMap;
import java.util.Map;
import reactor.core.publisher.Mono;

/**
 * The legal terms of a plan, which a subscription accepts once and for all before its first machine (REST reference, Marketplace
 * Agreements: what is read is sent back with {@code accepted} set).
 *
 * <p>The SDK has no client for them, so they are called as any resource is by its id.
 */
record PlanTerms(AzureAccount account, MarketplacePlan plan) {
    private static final String VERSION = "2021-01-01";

    /** Accepts them if they are not accepted yet. */
    Mono<Void> accept(StepContext context) {
        String what = "accept the terms of plan " + plan;
        return requestTerms(what)
                .filter(terms -> !isAccepted(terms))
                .flatMap(terms -> context.mutate(requestAcceptance(terms, what))
                        .flatMap(accepted -> accepted.finished(account, what)))
                .then();
    }

    /** Fails when they are not accepted; who may not read them is told by the launch. */
    Mono<Void> checkAccepted() {
        return requestTerms("read the terms of plan " + plan)
                .onErrorResume(PlanTerms::isForbidden, forbidden -> Mono.empty())
                .filter(terms -> !isAccepted(terms))
                .flatMap(terms -> Mono.<Void>error(StepFailure.permanent("the terms of plan " + plan
                        + " are not accepted (" + account.where()
                        + "): read them and run 'az vm image terms accept --publisher "
                        + plan.publisher() + " --offer " + plan.product() + " --plan " + plan.name()
                        + "', or call acceptingTerms()")))
                .then();
    }

    private Mono<GenericResourceInner> requestTerms(String what) {
        return Mono.defer(() -> account.resources().getResources().getByIdAsync(id(), VERSION))
                .onErrorMap(failure -> account.failures().ofRead(what, failure));
    }

    private Mono<ArmOperation> requestAcceptance(GenericResourceInner terms, String what) {
        Map<String, Object> accepted = properties(terms);
        accepted.put("accepted", true);
        return Mono.defer(() -> ArmOperation.acceptedBy(account.resources()
                        .getResources()
                        .createOrUpdateByIdWithResponseAsync(
                                id(), VERSION, new GenericResourceInner().withProperties(accepted))))
                .onErrorMap(failure -> account.failures().ofChange(what, failure));
    }

    private static boolean isAccepted(GenericResourceInner terms) {
        return Boolean.TRUE.equals(properties(terms).get("accepted"));
    }

    private static Map<String, Object> properties(GenericResourceInner terms) {
        Map<String, Object> all = new LinkedHashMap<>();
        if (terms.properties() instanceof Map<?, ?> map) {
            map.forEach((name, value) -> all.put(String.valueOf(name), value));
        }
        return all;
    }

    private static boolean isForbidden(Throwable failure) {
        return AzureFailures.code(failure).equals("AuthorizationFailed");
    }

    private String id() {
        return "subscriptions/" + account.subscription()
                + "/providers/Microsoft.MarketplaceOrdering/offerTypes/virtualmachine/publishers/" + plan.publisher()
                + "/offers/" + plan.product() + "/plans/" + plan.name() + "/agreements/current";
    }
}
