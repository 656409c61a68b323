# The peer: R's glmnet and cv.glmnet on the walk-forward of bench.py.
#   Rscript glmnet.R time FOLDER      draw the folds, time cv.glmnet at every origin, write what it chose
#   Rscript glmnet.R tight FOLDER     fit at the lambdas of lambdas.csv with thresh 1e-14, write the forecasts
# FOLDER holds panel.csv: year, outcome, then the predictors.
suppressMessages(library(glmnet))
arguments <- commandArgs(trailingOnly = TRUE)
mode <- arguments[1]
file <- function(name) file.path(arguments[2], name)

panel <- as.matrix(read.csv(file("panel.csv")))
year <- panel[, 1]
y <- panel[, 2]
x <- panel[, -(1:2)]
origins <- 1991:2021
digits <- function(values) format(values, digits = 17, trim = TRUE, scientific = TRUE)

if (mode == "time") {
  set.seed(1)
  folds <- lapply(origins, function(last) sample(rep(1:10, length.out = sum(year <= last))))
  for (i in seq_along(origins)) writeLines(as.character(folds[[i]]), file(sprintf("folds-%d.csv", origins[i])))
  started <- proc.time()[["elapsed"]]
  chosen <- sapply(seq_along(origins), function(i) {
    rows <- year <= origins[i]
    fit <- cv.glmnet(x[rows, ], y[rows], family = "binomial", alpha = 0.5, foldid = folds[[i]])
    predict(fit, x[year == origins[i] + 2, ], s = "lambda.min", type = "response")
    fit$lambda.min
  })
  seconds <- proc.time()[["elapsed"]] - started
  writeLines(digits(chosen), file("chosen.csv"))
  writeLines(digits(seconds), file("seconds.csv"))
  writeLines(paste0(R.version.string, ", glmnet ", packageVersion("glmnet")), file("version.csv"))
} else {
  lambdas <- scan(file("lambdas.csv"), quiet = TRUE)
  for (i in seq_along(origins)) {
    rows <- year <= origins[i]
    largest <- glmnet(x[rows, ], y[rows], family = "binomial", alpha = 0.5, nlambda = 2)$lambda[1]
    down <- exp(seq(log(largest), log(lambdas[i]), length.out = 30))
    down[30] <- lambdas[i]
    fit <- glmnet(x[rows, ], y[rows], family = "binomial", alpha = 0.5, lambda = down, thresh = 1e-14, maxit = 1e8)
    coefficients <- c(fit$a0[30], as.matrix(fit$beta)[, 30])
    writeLines(digits(coefficients), file(sprintf("coefficients-%d.csv", origins[i])))
  }
}
