// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.net;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** The networks of one JSON or YAML document: either one network, or several under {@code networks}. */
final class ConfigDocument {
    private static final List<String> DOCUMENT = List.of("networks");
    private static final List<String> NETWORK = List.of("name", "cidr", "subnets", "onPremises");
    private static final List<String> SUBNET = List.of("name", "cidr", "prefix", "hosts");
    private static final List<String> SIZES = List.of("cidr", "prefix", "hosts");

    private final List<NetworkConfig> networks;

    private ConfigDocument(List<NetworkConfig> networks) {
        this.networks = networks;
    }

    /** The language of a document. */
    enum Language {
        JSON(new JsonFactory()),
        YAML(new YAMLFactory());

        private final ObjectMapper mapper;

        Language(JsonFactory factory) {
            mapper = new ObjectMapper(factory)
                    .configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION.mappedFeature(), true)
                    .configure(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, true);
        }

        /** What the end of a file name or a media type says; empty if it says nothing. */
        static Optional<Language> of(String nameOrType) {
            if (nameOrType.matches("(?i).*[./+]json")) {
                return Optional.of(JSON);
            }
            return nameOrType.matches("(?i).*[./+-]ya?ml") ? Optional.of(YAML) : Optional.empty();
        }

        /** What the first character says. */
        static Language guess(String text) {
            return text.stripLeading().startsWith("{") ? JSON : YAML;
        }
    }

    /**
     * Reads a document and checks all of it.
     *
     * @param hints names and media types that may tell its language, the best first
     * @throws Misfit at the first thing that is wrong
     */
    static ConfigDocument parse(String text, List<String> hints) {
        return parse(
                text,
                hints.stream()
                        .flatMap(hint -> Language.of(hint).stream())
                        .findFirst()
                        .orElseGet(() -> Language.guess(text)));
    }

    private static ConfigDocument parse(String text, Language language) {
        JsonNode root = tree(text, language);
        if (root.isMissingNode()) {
            throw new Misfit("", "it is empty");
        }
        ConfigNode document = new ConfigNode(root, "");
        if (!document.has("networks")) {
            return new ConfigDocument(List.of(network(document)));
        }
        List<NetworkConfig> networks = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (ConfigNode item : document.object(DOCUMENT).field("networks").items()) {
            NetworkConfig network = network(item);
            if (!names.add(network.name())) {
                throw new Misfit(item.pointer() + "/name", Quoted.of(network.name()) + " is there twice");
            }
            networks.add(network);
        }
        return new ConfigDocument(networks);
    }

    /**
     * The network of this name.
     *
     * @throws Misfit if there is none
     */
    NetworkConfig named(String name) {
        return networks.stream()
                .filter(network -> network.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new Misfit("", "no network " + Quoted.of(name) + DidYouMean.among(names(), name)));
    }

    /**
     * The only network.
     *
     * @throws Misfit if there are none or several
     */
    NetworkConfig only() {
        if (networks.size() != 1) {
            throw new Misfit("", "it holds " + networks.size() + " networks, and no name says which one is meant");
        }
        return networks.get(0);
    }

    private List<String> names() {
        return networks.stream().map(NetworkConfig::name).toList();
    }

    private static NetworkConfig network(ConfigNode node) {
        node.object(NETWORK);
        String name = node.field("name").text();
        Cidr cidr = node.field("cidr").cidr();
        List<SubnetRequest> subnets = new ArrayList<>();
        for (ConfigNode item : items(node, "subnets")) {
            subnets.add(subnet(item, cidr));
        }
        List<Cidr> onPremises =
                items(node, "onPremises").stream().map(ConfigNode::cidr).toList();
        try {
            return new NetworkConfig(name, cidr, subnets, onPremises);
        } catch (Misfit misfit) {
            throw misfit.below(node.pointer());
        }
    }

    private static SubnetRequest subnet(ConfigNode node, Cidr network) {
        node.object(SUBNET);
        String name = node.field("name").text();
        List<String> sizes = SIZES.stream().filter(node::has).toList();
        if (sizes.size() != 1) {
            throw new Misfit(
                    node.pointer(),
                    "subnet " + Quoted.of(name) + " must have one of 'cidr', 'prefix' and 'hosts', has "
                            + (sizes.isEmpty() ? "none" : sizes.size()));
        }
        ConfigNode size = node.field(sizes.get(0));
        return switch (sizes.get(0)) {
            case "cidr" -> SubnetRequest.of(name, size.cidr());
            case "prefix" -> SubnetRequest.of(name, prefix(size, network));
            default -> forHosts(name, size, network);
        };
    }

    private static int prefix(ConfigNode size, Cidr network) {
        int longest = network.isIpv6() ? 128 : 32;
        long prefix = size.number();
        if (prefix < network.prefix() || prefix > longest) {
            throw new Misfit(
                    size.pointer(),
                    "prefix length " + prefix + " is not from " + network.prefix() + " to " + longest
                            + ", as it must be in " + network);
        }
        return (int) prefix;
    }

    private static SubnetRequest forHosts(String name, ConfigNode hosts, Cidr network) {
        long count = hosts.number();
        if (network.isIpv6()) {
            throw new Misfit(hosts.pointer(), "a count of hosts is for IPv4; say 'prefix' for subnets of " + network);
        }
        try {
            return SubnetRequest.forHosts(name, count);
        } catch (IllegalArgumentException outOfRange) {
            throw hosts.misfit(outOfRange);
        }
    }

    private static List<ConfigNode> items(ConfigNode node, String field) {
        return node.find(field).map(ConfigNode::items).orElse(List.of());
    }

    private static JsonNode tree(String text, Language language) {
        try {
            refuseAliases(text, language);
            return language.mapper.readTree(text);
        } catch (JsonProcessingException broken) {
            throw new Misfit("", why(broken, language));
        } catch (IOException neverFromText) {
            throw new Misfit("", "not " + language);
        }
    }

    // Jackson's tree shows an alias as a text that is the alias's name
    private static void refuseAliases(String text, Language language) throws IOException {
        try (JsonParser parser = language.mapper.getFactory().createParser(text)) {
            while (parser instanceof YAMLParser yaml && yaml.nextToken() != null) {
                if (yaml.isCurrentAlias()) {
                    throw new Misfit("", at(yaml.currentTokenLocation()) + "an alias; write the value itself");
                }
            }
        }
    }

    // most of the parsers' own messages quote the document, which may be a file of secrets named by mistake
    private static String why(JsonProcessingException broken, Language language) {
        // Jackson gives the place of the last good token
        if (broken.getCause() instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
            Mark mark = marked.getProblemMark();
            return at(mark.getLine() + 1, mark.getColumn() + 1) + "not YAML: " + marked.getProblem();
        }
        String message = String.valueOf(broken.getOriginalMessage());
        String at = at(broken.getLocation());
        if (message.startsWith("Duplicate field '")) {
            String field = message.substring("Duplicate field '".length());
            return at + "field " + Quoted.of(field.substring(0, field.lastIndexOf('\''))) + " is there twice";
        }
        if (broken instanceof MismatchedInputException) {
            return at + "more follows after the document's end";
        }
        if (broken instanceof JsonEOFException) {
            return at + "not " + language + ": it ends too early";
        }
        return at + "not " + language + (message.startsWith("Unexpected character") ? ": " + message : "");
    }

    private static String at(JsonLocation location) {
        return location == null || location.getLineNr() < 1 ? "" : at(location.getLineNr(), location.getColumnNr());
    }

    private static String at(int line, int column) {
        return "line " + line + ", column " + column + ": ";
    }
}
