// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybridpipe.sim.SimRequest;
import io.hybridpipe.sim.SimResponse;
import java.util.Map;

/**
 * The three ways in which the services speak: how a request names its action, how answers and errors are wrapped, and what
 * each family calls the refusals that all services know ("Common errors" in each service's API reference).
 */
enum Dialect {
    EC2(
            "MissingAuthenticationToken",
            "AuthFailure",
            "SignatureDoesNotMatch",
            "RequestExpired",
            "RequestExpired",
            "UnauthorizedOperation",
            "RequestLimitExceeded",
            "InvalidAction"),
    QUERY(
            "MissingAuthenticationToken",
            "InvalidClientTokenId",
            "SignatureDoesNotMatch",
            "ExpiredToken",
            "SignatureDoesNotMatch",
            "AccessDenied",
            "Throttling",
            "InvalidAction"),
    JSON(
            "MissingAuthenticationTokenException",
            "UnrecognizedClientException",
            "InvalidSignatureException",
            "ExpiredTokenException",
            "InvalidSignatureException",
            "AccessDeniedException",
            "ThrottlingException",
            "UnknownOperationException");

    private static final Map<String, String> NAMESPACES = Map.of(
            "ec2", "http://ec2.amazonaws.com/doc/2016-11-15/",
            "cloudformation", "http://cloudformation.amazonaws.com/doc/2010-05-15/",
            "sts", "https://sts.amazonaws.com/doc/2011-06-15/");

    private final String unsigned;
    private final String unknownKey;
    private final String wrongSecret;
    private final String expired;
    private final String stale;
    private final String denied;
    private final String throttled;
    private final String unknownAction;

    Dialect(
            String unsigned,
            String unknownKey,
            String wrongSecret,
            String expired,
            String stale,
            String denied,
            String throttled,
            String unknownAction) {
        this.unsigned = unsigned;
        this.unknownKey = unknownKey;
        this.wrongSecret = wrongSecret;
        this.expired = expired;
        this.stale = stale;
        this.denied = denied;
        this.throttled = throttled;
        this.unknownAction = unknownAction;
    }

    static Dialect of(String service) {
        return switch (service) {
            case "ec2" -> EC2;
            case "ssm" -> JSON;
            default -> QUERY;
        };
    }

    /** The dialect of a request, signed or not. */
    static Dialect of(SimRequest request) {
        return Identities.claim(request)
                .map(claim -> of(claim.service()))
                .orElse(request.header("X-Amz-Target").isPresent() ? JSON : QUERY);
    }

    /** The action that a request names; empty if none. */
    String action(SimRequest request) {
        if (this == JSON) {
            var target = request.header("X-Amz-Target").orElse("");
            return target.substring(target.lastIndexOf('.') + 1);
        }
        return Params.of(request.form()).find("Action").orElse("");
    }

    AwsError unsigned() {
        return AwsError.of(unsigned, "Request is missing Authentication Token");
    }

    AwsError malformedSignature() {
        return AwsError.of(
                this == JSON ? "IncompleteSignatureException" : "IncompleteSignature",
                "The Authorization header is not one of Signature Version 4.");
    }

    AwsError unknownKey() {
        return this == EC2
                ? AwsError.of(unknownKey, "AWS was not able to validate the provided access credentials")
                : AwsError.of(unknownKey, "The security token included in the request is invalid.");
    }

    AwsError wrongSecret() {
        return AwsError.of(
                wrongSecret,
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret"
                        + " Access Key and signing method. Consult the service documentation for details.");
    }

    AwsError expired() {
        return this == EC2
                ? AwsError.of(expired, "Request has expired.")
                : AwsError.of(expired, "The security token included in the request is expired");
    }

    AwsError stale(String date) {
        return this == EC2
                ? AwsError.of(stale, "Request has expired.")
                : AwsError.of(stale, "Signature expired or not yet current: %s is more than 15 minutes away", date);
    }

    AwsError denied(Identities.Principal caller, String service, String action) {
        var text = "User: %s is not authorized to perform: %s:%s".formatted(caller.arn(), service, action);
        return AwsError.of(denied, this == EC2 ? "You are not authorized to perform this operation. " + text : text);
    }

    AwsError throttled() {
        return AwsError.of(throttled, this == EC2 ? "Request limit exceeded." : "Rate exceeded");
    }

    AwsError unknownAction(String action) {
        return this == JSON
                ? AwsError.of(unknownAction, "")
                : AwsError.of(unknownAction, "The action %s is not valid for this web service.", action);
    }

    /** The lists of this dialect's XML. */
    Xml xml() {
        return this == EC2 ? Xml.ec2() : Xml.query();
    }

    SimResponse answer(String service, String action, Xml answer, String requestId) {
        var namespace = NAMESPACES.get(service);
        var body = this == EC2
                ? "<%1$sResponse xmlns=\"%2$s\"><requestId>%3$s</requestId>%4$s</%1$sResponse>"
                : "<%1$sResponse xmlns=\"%2$s\"><%1$sResult>%4$s</%1$sResult><ResponseMetadata><RequestId>%3$s"
                        + "</RequestId></ResponseMetadata></%1$sResponse>";
        return SimResponse.xml(200, body.formatted(action, namespace, requestId, answer));
    }

    static SimResponse answer(ObjectNode answer, String requestId) {
        return json(200, answer, requestId);
    }

    SimResponse error(String code, String message, String requestId) {
        var status = AwsError.status(code);
        return switch (this) {
            case EC2 ->
                SimResponse.xml(
                        status,
                        xml().in("Response", response -> response.in(
                                                "Errors",
                                                errors -> errors.in("Error", error -> error.put("Code", code)
                                                        .put("Message", message)))
                                        .put("RequestID", requestId))
                                .toString());
            case QUERY ->
                SimResponse.xml(
                        status,
                        xml().in("ErrorResponse", response -> response.in("Error", error -> error.put(
                                                        "Type", status < 500 ? "Sender" : "Receiver")
                                                .put("Code", code)
                                                .put("Message", message))
                                        .put("RequestId", requestId))
                                .toString());
            case JSON -> {
                var body = JsonNodeFactory.instance.objectNode().put("__type", code);
                yield json(status, message.isEmpty() ? body : body.put("message", message), requestId);
            }
        };
    }

    private static SimResponse json(int status, ObjectNode body, String requestId) {
        return SimResponse.of(status, "application/x-amz-json-1.1", body.toString())
                .withHeader("x-amzn-RequestId", requestId);
    }
}
