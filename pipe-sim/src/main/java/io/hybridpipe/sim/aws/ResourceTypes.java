// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The resource types that templates may use; all act on the same model as the API does. */
final class ResourceTypes {

    private static final Map<String, ResourceType> TYPES = new LinkedHashMap<>();

    static {
        Stream.of(
                        NetworkTypes.vpc(),
                        NetworkTypes.subnet(),
                        NetworkTypes.internetGateway(),
                        NetworkTypes.gatewayAttachment(),
                        NetworkTypes.routeTable(),
                        NetworkTypes.tableAssociation(),
                        NetworkTypes.route(),
                        NetworkTypes.peering(),
                        SecurityGroupTypes.securityGroup(),
                        SecurityGroupTypes.securityGroupRule("Ingress", false),
                        SecurityGroupTypes.securityGroupRule("Egress", true),
                        InterfaceTypes.networkInterface(),
                        InterfaceTypes.attachment(),
                        InterfaceTypes.elasticIp(),
                        InterfaceTypes.elasticIpAssociation(),
                        InstanceTypes.instance(),
                        InstanceTypes.keyPair(),
                        ServiceTypes.parameter(),
                        ServiceTypes.waitHandle())
                .forEach(type -> TYPES.put(type.name(), type));
    }

    private ResourceTypes() {}

    static Collection<ResourceType> all() {
        return TYPES.values();
    }

    static Optional<ResourceType> find(String name) {
        return Optional.ofNullable(TYPES.get(name));
    }

    static ResourceType get(String name) {
        return find(name).orElseThrow();
    }
}
