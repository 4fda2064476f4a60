/**
 * Files and folders as rows, and rows as prompts: CSV, JSON lines, a folder of texts or images, and
 * the templates that make a prompt of a row's columns.
 */
@NullMarked
package io.promptferry.local.rows;

import org.jspecify.annotations.NullMarked;
