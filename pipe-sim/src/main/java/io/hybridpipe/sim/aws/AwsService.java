// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import io.hybridpipe.sim.Operation;
import io.hybridpipe.sim.SimRequest;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.SimService;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** All services behind one endpoint: finds the service by the credential scope, checks the caller, runs the action. */
final class AwsService implements SimService {

    private static final Pattern ID = Pattern.compile("[a-z]+-[0-9a-f]{8,17}");

    private static final Map<String, String> NAMESPACES = Map.of(
            "ec2", "http://ec2.amazonaws.com/doc/2016-11-15/",
            "cloudformation", "http://cloudformation.amazonaws.com/doc/2010-05-15/",
            "sts", "https://sts.amazonaws.com/doc/2011-06-15/");

    private final Identities identities;
    private final Ids ids;
    private final BiFunction<String, String, Region> regions;
    private final Map<String, Set<String>> denied;
    private final Map<String, Action> ec2 = new HashMap<>();
    private final Map<String, Action> cloudFormation = new HashMap<>();
    private final Map<String, StsActions.ForCaller> sts;

    AwsService(
            Identities identities,
            Ids ids,
            BiFunction<String, String, Region> regions,
            Map<String, Set<String>> denied) {
        this.identities = identities;
        this.ids = ids;
        this.regions = regions;
        this.denied = denied;
        this.sts = StsActions.of(identities);
        VpcActions.register(ec2);
        PeeringActions.register(ec2);
        RoutingActions.register(ec2);
        SecurityGroupActions.register(ec2);
        InterfaceActions.register(ec2);
        InstanceActions.register(ec2);
        TagActions.register(ec2);
        StackActions.register(cloudFormation);
        ChangeSetActions.register(cloudFormation);
    }

    @Override
    public Operation identify(SimRequest request) {
        var params = Params.of(request.form());
        var action = params.find("Action").orElse("");
        var claim = Identities.claim(request);
        var changing = !action.matches("(Describe|Get|List|Validate).*|AssumeRole|") && !params.flag("DryRun");
        return new Operation(
                claim.map(Identities.Claim::service).orElse(""),
                action,
                target(params),
                claim.map(one -> identities.account(one.accessKey())).orElse(""),
                changing);
    }

    /** What a call is about: the stack or role by name, else the first resource id, else the name of what is made. */
    private static String target(Params params) {
        return Stream.of("StackName", "RoleArn")
                .flatMap(name -> params.find(name).stream())
                .findFirst()
                .or(() -> params.values()
                        .filter(value -> ID.matcher(value).matches())
                        .findFirst())
                .or(() -> Stream.of("GroupName", "KeyName", "CidrBlock", "PublicIp")
                        .flatMap(name -> params.find(name).stream())
                        .findFirst())
                .orElse("");
    }

    @Override
    public SimResponse answer(SimRequest request) {
        try {
            var claim = Identities.claim(request)
                    .orElseThrow(
                            () -> AwsError.of("MissingAuthenticationToken", "Request is missing Authentication Token"));
            var params = Params.of(request.form());
            var action = params.find("Action").orElseThrow(() -> AwsError.of("MissingAction", "No Action given"));
            var caller = identities.authenticate(request, claim);
            var answer = claim.service().equals("ec2") ? Xml.ec2() : Xml.query();
            run(claim, caller, action, params, answer);
            return SimResponse.xml(200, envelope(claim.service(), action, answer));
        } catch (AwsError e) {
            return error(request, e.code(), e.text());
        }
    }

    private void run(Identities.Claim claim, Identities.Principal caller, String action, Params params, Xml answer) {
        var refusal = denied.getOrDefault(caller.account(), Set.of()).contains(action);
        switch (claim.service()) {
            case "ec2" -> {
                var known = known(ec2, action);
                if (refusal) {
                    throw AwsError.of(
                            "UnauthorizedOperation",
                            "You are not authorized to perform this operation. User: %s is not authorized to perform:"
                                    + " ec2:%s",
                            caller.arn(),
                            action);
                }
                if (params.flag("DryRun")) {
                    throw AwsError.of("DryRunOperation", "Request would have succeeded, but DryRun flag is set.");
                }
                var region = regions.apply(caller.account(), claim.region());
                synchronized (region) {
                    checkVisible(region, params);
                    known.run(region, params, answer);
                }
            }
            case "cloudformation" -> {
                var known = known(cloudFormation, action);
                if (refusal) {
                    throw notAuthorized(caller, "cloudformation", action);
                }
                var region = regions.apply(caller.account(), claim.region());
                synchronized (region) {
                    known.run(region, params, answer);
                }
            }
            case "sts" -> {
                var known = known(sts, action);
                if (refusal) {
                    throw notAuthorized(caller, "sts", action);
                }
                known.run(caller, params, answer);
            }
            default -> throw unknown(action);
        }
    }

    private static void checkVisible(Region region, Params params) {
        params.values().filter(value -> !region.visible(value)).findFirst().ifPresent(hidden -> region.stores().stream()
                .filter(store -> store.has(hidden))
                .forEach(store -> {
                    throw store.notFound(hidden);
                }));
    }

    private static <A> A known(Map<String, A> actions, String action) {
        var known = actions.get(action);
        if (known == null) {
            throw unknown(action);
        }
        return known;
    }

    private static AwsError unknown(String action) {
        return AwsError.of("InvalidAction", "The action %s is not valid for this web service.", action);
    }

    private static AwsError notAuthorized(Identities.Principal caller, String service, String action) {
        return AwsError.of(
                "AccessDenied", "User: %s is not authorized to perform: %s:%s", caller.arn(), service, action);
    }

    private String envelope(String service, String action, Xml answer) {
        var namespace = NAMESPACES.get(service);
        var id = ids.uuid();
        if (service.equals("ec2")) {
            return "<%1$sResponse xmlns=\"%2$s\"><requestId>%3$s</requestId>%4$s</%1$sResponse>"
                    .formatted(action, namespace, id, answer);
        }
        return ("<%1$sResponse xmlns=\"%2$s\"><%1$sResult>%4$s</%1$sResult><ResponseMetadata><RequestId>%3$s</RequestId>"
                        + "</ResponseMetadata></%1$sResponse>")
                .formatted(action, namespace, id, answer);
    }

    @Override
    public SimResponse error(SimRequest request, String code, String message) {
        var service = Identities.claim(request).map(Identities.Claim::service).orElse("");
        var status = AwsError.status(code);
        if (service.equals("ec2")) {
            var xml = Xml.ec2().in("Response", response -> response.in(
                            "Errors",
                            errors -> errors.in(
                                    "Error", error -> error.put("Code", code).put("Message", message)))
                    .put("RequestID", ids.uuid()));
            return SimResponse.xml(status, xml.toString());
        }
        var xml = Xml.query().in("ErrorResponse", response -> response.in(
                        "Error", error -> error.put("Type", status < 500 ? "Sender" : "Receiver")
                                .put("Code", code)
                                .put("Message", message))
                .put("RequestId", ids.uuid()));
        return SimResponse.xml(status, xml.toString());
    }
}
