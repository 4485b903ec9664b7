// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.sim.azure.template;

import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the text of a template expression.
 *
 * <p>The syntax is that of "Syntax and expressions in ARM templates": function names and members, texts in single quotes with
 * {@code ''} for one quote, whole numbers.
 */
final class ExpressionReader {

    /** The service's own limit to the length of an expression. */
    static final int LONGEST = 24_576;
    /** Deeper ones are refused so that no text can overflow the stack. */
    private static final int DEEPEST = 200;

    private final String text;
    private int at;
    private int depth;

    private ExpressionReader(String text) {
        this.text = text;
    }

    /** Whether a string of a template is an expression: it has brackets at both ends, and not two at its start. */
    static boolean isExpression(String string) {
        return string.startsWith("[") && string.endsWith("]") && !string.startsWith("[[") && string.length() > 1;
    }

    /** The value of a string that is no expression: a bracket that was doubled to escape it is one. */
    static String literal(String string) {
        return string.startsWith("[[") && string.endsWith("]") ? string.substring(1) : string;
    }

    /**
     * Reads a string for which {@link #isExpression} holds.
     *
     * @throws ExpressionException if it cannot be read
     */
    static Expression read(String string) {
        var inner = string.substring(1, string.length() - 1);
        if (inner.length() > LONGEST) {
            throw new ExpressionException(
                    "The language expression length limit exceeded. Limit: '%d' and actual: '%d'",
                    LONGEST, inner.length());
        }
        var reader = new ExpressionReader(inner);
        var expression = reader.expression();
        if (reader.peek() != 0) {
            throw reader.expected("EndOfData");
        }
        return expression;
    }

    private Expression expression() {
        if (++depth > DEEPEST) {
            throw new ExpressionException("Unable to parse language expression: it is nested too deeply.");
        }
        var expression = primary();
        for (var links = 0; ; links++) {
            var next = peek();
            if (links > DEEPEST) {
                throw new ExpressionException("Unable to parse language expression: it has too many members in a row.");
            }
            if (next == '.') {
                at++;
                expression = new Expression.Member(expression, new Expression.Literal(TextNode.valueOf(identifier())));
            } else if (next == '[') {
                at++;
                var key = expression();
                take(']', "RightSquareBracket");
                expression = new Expression.Member(expression, key);
            } else {
                depth--;
                return expression;
            }
        }
    }

    private Expression primary() {
        var next = peek();
        if (next == '\'') {
            return new Expression.Literal(TextNode.valueOf(string()));
        }
        if (next == '-' || Character.isDigit(next)) {
            return new Expression.Literal(LongNode.valueOf(number()));
        }
        var name = identifier();
        take('(', "LeftParenthesis");
        return new Expression.Call(name, arguments());
    }

    private List<Expression> arguments() {
        var arguments = new ArrayList<Expression>();
        if (peek() == ')') {
            at++;
            return arguments;
        }
        arguments.add(expression());
        while (peek() == ',') {
            at++;
            arguments.add(expression());
        }
        take(')', "RightParenthesis");
        return arguments;
    }

    private String string() {
        var value = new StringBuilder();
        for (at++; at < text.length(); at++) {
            if (text.charAt(at) != '\'') {
                value.append(text.charAt(at));
            } else if (text.startsWith("''", at)) {
                value.append('\'');
                at++;
            } else {
                at++;
                return value.toString();
            }
        }
        throw new ExpressionException(
                "Unable to parse language expression '%s': the string character is not terminated.", text);
    }

    private long number() {
        var start = at++;
        while (at < text.length() && Character.isDigit(text.charAt(at))) {
            at++;
        }
        try {
            return Long.parseLong(text.substring(start, at));
        } catch (NumberFormatException e) {
            throw new ExpressionException(
                    "Unable to parse language expression '%s': '%s' is not an integer.",
                    text, text.substring(start, at));
        }
    }

    private String identifier() {
        if (!Character.isLetter(peek()) && peek() != '_' && peek() != '$') {
            throw expected("Identifier");
        }
        var start = at;
        while (at < text.length()
                && (Character.isLetterOrDigit(text.charAt(at)) || "_$-".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        return text.substring(start, at);
    }

    private void take(char wanted, String name) {
        if (peek() != wanted) {
            throw expected(name);
        }
        at++;
    }

    /** The next character that is no white space, 0 at the end. */
    private char peek() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : 0;
    }

    private ExpressionException expected(String wanted) {
        var actual =
                switch (peek()) {
                    case 0 -> "EndOfData";
                    case '(' -> "LeftParenthesis";
                    case ')' -> "RightParenthesis";
                    case '[' -> "LeftSquareBracket";
                    case ']' -> "RightSquareBracket";
                    case ',' -> "Comma";
                    case '.' -> "Dot";
                    case '\'' -> "String";
                    default -> String.valueOf(peek());
                };
        return new ExpressionException(
                "Unable to parse language expression '%s': expected token '%s' and actual '%s'.", text, wanted, actual);
    }
}
