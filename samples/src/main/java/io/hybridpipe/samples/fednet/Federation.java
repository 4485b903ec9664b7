// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples.fednet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.hybridpipe.net.Cidr;
import io.hybridpipe.net.Ip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The federation network that the new one joins: where its routes and rules stand, and its controllers. */
record Federation(
        String resourceGroup,
        String virtualNetwork,
        Cidr cidr,
        Cidr subnet,
        String securityGroup,
        String routeTable,
        Cidr onPremises,
        List<Member> controllers) {

    /** One controller of the federation. */
    record Member(String name, Ip address, Ip privateAddress) {}

    Federation withControllers(List<Member> members) {
        return new Federation(
                resourceGroup, virtualNetwork, cidr, subnet, securityGroup, routeTable, onPremises, members);
    }

    /** That of the stand-ins. */
    static Federation ofDefaults() {
        return parse("fednet/federation.yaml", Resources.text("federation.yaml"));
    }

    static Federation read(Path file) {
        try {
            return parse(file.toString(), Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new BadInput(file + ": no such file");
        } catch (IOException e) {
            throw new BadInput(file + ": cannot be read: " + e.getClass().getSimpleName());
        }
    }

    private static Federation parse(String source, String text) {
        JsonNode root;
        try {
            root = new YAMLMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new BadInput(source + ":" + e.getLocation().getLineNr() + ": not YAML");
        }
        List<Member> members = new ArrayList<>();
        for (JsonNode each : root.path("controllers")) {
            members.add(new Member(
                    text(source, each, "name"),
                    Ip.of(text(source, each, "address")),
                    Ip.of(text(source, each, "privateAddress"))));
        }
        if (members.isEmpty()) {
            throw new BadInput(source + ": /controllers has none");
        }
        return new Federation(
                text(source, root, "resourceGroup"),
                text(source, root, "virtualNetwork"),
                Cidr.of(text(source, root, "cidr")),
                Cidr.of(text(source, root, "subnet")),
                text(source, root, "securityGroup"),
                text(source, root, "routeTable"),
                Cidr.of(text(source, root, "onPremises")),
                List.copyOf(members));
    }

    private static String text(String source, JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (!value.isTextual() || value.asText().isBlank()) {
            throw new BadInput(source + ": " + field + " is missing");
        }
        return value.asText();
    }
}
