// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.SimRequest;
import io.hybridpipe.sim.SimResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The terms of marketplace plans, which a subscription accepts once for each plan
 * (<a href="https://learn.microsoft.com/rest/api/marketplaceordering/marketplace-agreements">the provider's reference</a>).
 * Guarded by the estate's monitor.
 */
final class Terms {

    private static final String NAMESPACE = "Microsoft.MarketplaceOrdering";

    /** The words of an agreement's path, between which the names stand; the last is {@code current}. */
    private static final List<String> WORDS = List.of("offertypes", "publishers", "offers", "plans", "agreements");

    private final boolean asked;
    private final Set<String> accepted = new HashSet<>();

    /**
     * @param asked whether a machine with a plan is refused until the terms are accepted
     */
    Terms(boolean asked) {
        this.asked = asked;
    }

    void check(String subscription, JsonNode plan) {
        var publisher = plan.path("publisher").asText();
        var offer = plan.path("product").asText();
        if (asked
                && !accepted.contains(
                        key(subscription, publisher, offer, plan.path("name").asText()))) {
            throw new ArmError(
                    400,
                    "MarketplacePurchaseEligibilityFailed",
                    "Marketplace purchase eligibilty check returned errors. See inner errors for details.",
                    List.of(ArmError.badRequest(
                            "BadRequest",
                            "Offer with PublisherId: '%s', OfferId: '%s' cannot be purchased due to validation errors. Legal"
                                    + " terms have not been accepted for this item on this subscription: '%s'. To accept legal"
                                    + " terms, put the agreement of the plan with accepted true.",
                            publisher,
                            offer,
                            subscription)));
        }
    }

    static boolean covers(ArmPath path) {
        var rest = path.rest();
        if (!path.namespace().equalsIgnoreCase(NAMESPACE)
                || rest.size() != 10
                || !path.group().isEmpty()) {
            return false;
        }
        for (var i = 0; i < WORDS.size(); i++) {
            if (!WORDS.get(i).equalsIgnoreCase(rest.get(2 * i))) {
                return false;
            }
        }
        return rest.get(9).equalsIgnoreCase("current");
    }

    SimResponse answer(ArmPath path, SimRequest request) {
        var rest = path.rest();
        var key = key(path.subscription(), rest.get(3), rest.get(5), rest.get(7));
        switch (request.method()) {
            case "GET" -> {}
            case "PUT" -> {
                if (Json.parse(request.body())
                        .path("properties")
                        .path("accepted")
                        .asBoolean()) {
                    accepted.add(key);
                } else {
                    accepted.remove(key);
                }
            }
            default -> throw Answers.notAllowed(request);
        }
        return Answers.ok(agreement(path, !asked || accepted.contains(key)));
    }

    private static ObjectNode agreement(ArmPath path, boolean isAccepted) {
        var rest = path.rest();
        var agreement = Json.object()
                .put(
                        "id",
                        "/subscriptions/%s/providers/%s/%s"
                                .formatted(path.subscription(), NAMESPACE, String.join("/", rest)))
                .put("name", rest.get(7))
                .put("type", NAMESPACE + "/offertypes");
        agreement
                .putObject("properties")
                .put("publisher", rest.get(3))
                .put("product", rest.get(5))
                .put("plan", rest.get(7))
                .put("licenseTextLink", "https://example.com/license")
                .put("privacyPolicyLink", "https://example.com/privacy")
                .put("signature", "SIMULATED")
                .put("accepted", isAccepted);
        return agreement;
    }

    private static String key(String subscription, String publisher, String offer, String plan) {
        return String.join("/", subscription, publisher, offer, plan).toLowerCase(Locale.ROOT);
    }
}
