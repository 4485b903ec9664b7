// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** A plain HTTP client of the stand-in, which hides nothing of what goes over the wire. */
final class ArmClient {

    static final String VERSION = "api-version=2024-07-01";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final SimAzure azure;

    ArmClient(SimAzure azure) {
        this.azure = azure;
    }

    /** What came back. */
    record Answer(int status, HttpResponse<String> response) {

        Optional<String> header(String name) {
            return response.headers().firstValue(name);
        }

        JsonNode body() {
            try {
                return MAPPER.readTree(response.body());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        String state() {
            return body().at("/properties/provisioningState").asText();
        }

        String code() {
            return body().at("/error/code").asText();
        }

        String message() {
            return body().at("/error/message").asText();
        }
    }

    /** The path of a resource group. */
    String group(String name) {
        return "/subscriptions/" + azure.subscription() + "/resourceGroups/" + name;
    }

    /** The path, which is the id, of a network resource in group {@code rg}. */
    String network(String typesAndNames) {
        return group("rg") + "/providers/Microsoft.Network/" + typesAndNames;
    }

    /** The path of a compute resource in group {@code rg}. */
    String compute(String typeAndName) {
        return group("rg") + "/providers/Microsoft.Compute/" + typeAndName;
    }

    /** The body of an interface in a subnet. */
    static String nic(String subnet) {
        return "{'location':'eastus','properties':{'ipConfigurations':[{'name':'one','properties':{'subnet':{'id':'"
                + subnet + "'}}}]}}";
    }

    /** The body of a machine with one interface, from an image of the marketplace. */
    static String machine(String nic, String plan) {
        return "{'location':'eastus'," + plan
                + "'properties':{'hardwareProfile':{'vmSize':'Standard_B2s'},'storageProfile':{'imageReference':"
                + "{'publisher':'cohesive','offer':'vns3','sku':'vns3-byol','version':'latest'},"
                + "'osDisk':{'createOption':'FromImage'}},'osProfile':{'computerName':'m','adminUsername':'me',"
                + "'adminPassword':'Secret-123','customData':'aGk='},'networkProfile':{'networkInterfaces':[{'id':'"
                + nic + "'}]}}}";
    }

    /** A version that all types have but those that are said here. */
    private static String version(String path) {
        return path.contains("/disks")
                ? "api-version=2024-03-02"
                : path.contains("/Microsoft.MarketplaceOrdering/") ? "api-version=2021-01-01" : VERSION;
    }

    Answer get(String path) {
        return call("GET", path, "");
    }

    Answer put(String path, String body) {
        return call("PUT", path, body);
    }

    Answer delete(String path) {
        return call("DELETE", path, "");
    }

    /** Calls a path, or a whole address as headers give it. */
    Answer call(String method, String path, String body, String... headers) {
        var uri = path.startsWith("http")
                ? path
                : azure.endpoint() + path.replace(" ", "%20") + (path.contains("?") ? "" : "?" + version(path));
        var request = HttpRequest.newBuilder(URI.create(uri))
                .timeout(Duration.ofSeconds(10))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
                .header("Content-Type", "application/json");
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while calling " + uri, e);
        }
    }
}
