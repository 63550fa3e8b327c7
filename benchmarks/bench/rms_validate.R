# rms::validate of a plain logistic model, timed: Rscript rms_validate.R COHORT.csv REPLICATES
suppressMessages(library(rms))
arguments <- commandArgs(trailingOnly = TRUE)
patients <- read.csv(arguments[1])
fit <- lrm(y ~ ., data = patients, x = TRUE, y = TRUE, maxit = 50)
set.seed(1)
seconds <- system.time(found <- validate(fit, B = as.integer(arguments[2])))[["elapsed"]]
cat(sprintf(
  '{"seconds": %.4f, "auc": %.6f, "replicates_used": %d, "R": "%s", "rms": "%s"}\n',
  seconds, (found["Dxy", "index.corrected"] + 1) / 2, as.integer(found["Dxy", "n"]),
  getRversion(), packageVersion("rms")
))
