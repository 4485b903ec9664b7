// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.aws;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text of a template, JSON or YAML, into maps, lists and texts. Scalars keep their text ({@code 0777} stays as it
 * is) and YAML's short forms become the long ones: {@code !GetAtt A.B} is read as {@code Fn::GetAtt: [A, B]}.
 */
final class TemplateReader {

    private static final YAMLFactory YAML = new YAMLFactory();
    private static final JsonFactory JSON = new JsonFactory();

    private TemplateReader() {}

    static Map<String, Object> read(String text) {
        var json = text.stripLeading().startsWith("{");
        try (var parser = json ? JSON.createParser(text) : YAML.createParser(text)) {
            parser.nextToken();
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw invalid("Template format error: unsupported structure.");
            }
            return map(parser, "");
        } catch (JsonProcessingException e) {
            var where = e.getLocation();
            throw invalid("Template format error: %s not well-formed. (line %d, column %d)"
                    .formatted(
                            json ? "JSON" : "YAML",
                            where == null ? 1 : where.getLineNr(),
                            where == null ? 1 : where.getColumnNr()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static AwsError invalid(String message) {
        return AwsError.of("ValidationError", message);
    }

    private static Object value(JsonParser parser, String path) throws IOException {
        if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
            throw invalid("Template error: YAML aliases are not allowed in CloudFormation templates");
        }
        // the tag has to be taken before the parser moves on into the value
        var tag = tag(parser);
        Object value =
                switch (parser.currentToken()) {
                    case START_OBJECT -> map(parser, path);
                    case START_ARRAY -> list(parser, path);
                    case VALUE_NULL ->
                        throw invalid("Template format error: [%s] 'null' values are not allowed in templates"
                                .formatted(path));
                    default -> parser.getText();
                };
        return tag == null ? value : longForm(tag, value);
    }

    private static @Nullable String tag(JsonParser parser) throws IOException {
        var tag = parser.getTypeId();
        return tag == null || tag.toString().startsWith("tag:") ? null : tag.toString();
    }

    private static Map<String, Object> map(JsonParser parser, String path) throws IOException {
        var map = new LinkedHashMap<String, Object>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var name = parser.currentName();
            parser.nextToken();
            map.put(name, value(parser, path + "/" + name));
        }
        return map;
    }

    private static List<Object> list(JsonParser parser, String path) throws IOException {
        var list = new ArrayList<Object>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(value(parser, path + "/" + list.size()));
        }
        return list;
    }

    private static Map<String, Object> longForm(String tag, Object value) {
        return switch (tag) {
            case "Ref", "Condition" -> Map.of(tag, value);
            case "GetAtt" ->
                Map.of(
                        "Fn::GetAtt",
                        value instanceof String text && text.contains(".") ? List.of(text.split("\\.", 2)) : value);
            default -> Map.of("Fn::" + tag, value);
        };
    }
}
