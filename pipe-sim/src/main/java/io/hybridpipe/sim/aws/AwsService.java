// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.hybridpipe.sim.Operation;
import io.hybridpipe.sim.RequestLimit;
import io.hybridpipe.sim.SimRequest;
import io.hybridpipe.sim.SimResponse;
import io.hybridpipe.sim.SimService;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** All services behind one endpoint: finds the service by the credential scope, checks the caller, runs the action. */
final class AwsService implements SimService {

    private static final Pattern ID = Pattern.compile("[a-z]+-[0-9a-f]{8,17}");

    private final Identities identities;
    private final Ids ids;
    private final BiFunction<String, String, Region> regions;
    private final RequestLimit limit;
    private final Map<String, Set<String>> denied;
    private final Map<String, Action> ec2 = ec2Actions();
    private final Map<String, Action> cloudFormation = cloudFormationActions();
    private final Map<String, SsmActions.JsonAction> ssm = ssmActions();
    private final Map<String, StsActions.ForCaller> sts;

    AwsService(
            Identities identities,
            Ids ids,
            BiFunction<String, String, Region> regions,
            RequestLimit limit,
            Map<String, Set<String>> denied) {
        this.identities = identities;
        this.ids = ids;
        this.regions = regions;
        this.limit = limit;
        this.denied = denied;
        this.sts = StsActions.of(identities);
    }

    private static Map<String, Action> ec2Actions() {
        var actions = new HashMap<String, Action>();
        VpcActions.register(actions);
        PeeringActions.register(actions);
        RoutingActions.register(actions);
        SecurityGroupActions.register(actions);
        InterfaceActions.register(actions);
        InstanceActions.register(actions);
        ImageActions.register(actions);
        TagActions.register(actions);
        return actions;
    }

    private static Map<String, Action> cloudFormationActions() {
        var actions = new HashMap<String, Action>();
        StackActions.register(actions);
        StackQueries.register(actions);
        TemplateActions.register(actions);
        ChangeSetActions.register(actions);
        return actions;
    }

    private static Map<String, SsmActions.JsonAction> ssmActions() {
        var actions = new HashMap<String, SsmActions.JsonAction>();
        SsmActions.register(actions);
        return actions;
    }

    /** The actions that are known, by the name of their service in a signature. */
    static Map<String, Set<String>> actions() {
        return Map.of(
                "ec2", ec2Actions().keySet(),
                "cloudformation", cloudFormationActions().keySet(),
                "ssm", ssmActions().keySet(),
                "sts", StsActions.NAMES);
    }

    @Override
    public Operation identify(SimRequest request) {
        var dialect = Dialect.of(request);
        var action = dialect.action(request);
        var params = Params.of(request.form());
        var claim = Identities.claim(request);
        var changing = !action.matches("(Describe|Get|List|Validate).*|AssumeRole|") && !params.flag("DryRun");
        return new Operation(
                claim.map(Identities.Claim::service).orElse(""),
                action,
                dialect == Dialect.JSON ? jsonTarget(request) : target(params),
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

    private static String jsonTarget(SimRequest request) {
        try {
            var body = Body.of(request.body());
            return body.find("Name").or(() -> body.find("Path")).orElseGet(() -> String.join(",", body.texts("Names")));
        } catch (AwsError notReadable) {
            return "";
        }
    }

    @Override
    public SimResponse answer(SimRequest request) {
        var dialect = Dialect.of(request);
        try {
            var claim = Identities.claim(request)
                    .orElseThrow(() -> request.header("Authorization").isPresent()
                            ? dialect.malformedSignature()
                            : dialect.unsigned());
            var action = dialect.action(request);
            if (action.isEmpty()) {
                throw AwsError.of("MissingAction", "No Action given");
            }
            var caller = identities.authenticate(request, claim);
            if (!limit.admits(caller.account() + "/" + claim.region())) {
                throw dialect.throttled();
            }
            var call = new Incoming(request, claim, caller, action);
            return switch (claim.service()) {
                case "ec2" -> ec2(call);
                case "cloudformation" -> cloudFormation(call);
                case "sts" -> sts(call);
                case "ssm" -> ssm(call);
                default -> throw dialect.unknownAction(action);
            };
        } catch (AwsError e) {
            return dialect.error(e.code(), e.text(), ids.uuid());
        }
    }

    /** A call whose caller is known. */
    private record Incoming(SimRequest request, Identities.Claim claim, Identities.Principal caller, String action) {
        Dialect dialect() {
            return Dialect.of(claim.service());
        }
    }

    /** The action that a call asks for, if there is such a one and its caller may take it. */
    private <A> A permitted(Incoming call, Map<String, A> actions) {
        var known = actions.get(call.action());
        if (known == null) {
            throw call.dialect().unknownAction(call.action());
        }
        if (denied.getOrDefault(call.caller().account(), Set.of()).contains(call.action())) {
            throw call.dialect().denied(call.caller(), call.claim().service(), call.action());
        }
        return known;
    }

    private Region region(Incoming call) {
        return regions.apply(call.caller().account(), call.claim().region());
    }

    private SimResponse written(Incoming call, Consumer<Xml> body) {
        var answer = call.dialect().xml();
        body.accept(answer);
        return call.dialect().answer(call.claim().service(), call.action(), answer, ids.uuid());
    }

    private SimResponse ec2(Incoming call) {
        var action = permitted(call, ec2);
        var params = Params.of(call.request().form());
        var region = region(call);
        return written(call, answer -> {
            Runnable run = () -> {
                checkVisible(region, params);
                action.run(region, params, answer);
            };
            synchronized (region) {
                if (params.flag("DryRun")) {
                    throw region.allOrNothing.dry(run);
                }
                if (call.action().startsWith("Describe")) {
                    run.run();
                } else {
                    region.allOrNothing.run(run);
                }
            }
        });
    }

    private SimResponse cloudFormation(Incoming call) {
        var action = permitted(call, cloudFormation);
        var region = region(call);
        return written(call, answer -> {
            synchronized (region) {
                action.run(region, Params.of(call.request().form()), answer);
            }
        });
    }

    private SimResponse sts(Incoming call) {
        var action = permitted(call, sts);
        return written(
                call,
                answer -> action.run(call.caller(), Params.of(call.request().form()), answer));
    }

    private SimResponse ssm(Incoming call) {
        var action = permitted(call, ssm);
        var answer = JsonNodeFactory.instance.objectNode();
        var region = region(call);
        synchronized (region) {
            action.run(region, Body.of(call.request().body()), answer);
        }
        return Dialect.answer(answer, ids.uuid());
    }

    private static void checkVisible(Region region, Params params) {
        params.references()
                .filter(value -> !region.visibility.known(value))
                .findFirst()
                .ifPresent(hidden -> region.stores().stream()
                        .filter(store -> store.has(hidden))
                        .forEach(store -> {
                            throw store.notFound(hidden);
                        }));
    }

    @Override
    public SimResponse error(SimRequest request, String code, String message) {
        return Dialect.of(request).error(code, message, ids.uuid());
    }
}
